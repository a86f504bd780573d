"""Start: ``python3 -m krt_runner [install]`` or ``python3 path/to/krt_runner [install]``."""
import os
import sys

if not __package__:
    # Started by its path: Python put this folder first on the module path, where our files would hide modules of the
    # same name that a handler imports. The parent is there just for the import of the package itself.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    from krt_runner.run import main

    del sys.path[0]
else:
    from .run import main

if __name__ == "__main__":
    main(os.environ, sys.argv[1:])
