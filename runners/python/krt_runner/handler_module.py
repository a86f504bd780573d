"""Loads the module of the node and finds its functions."""
import importlib.util
import inspect
import os
import site
import sys
from types import ModuleType
from typing import Any, Callable, NamedTuple, Optional

from .errors import StartError
from .settings import Settings


class HandlerModule(NamedTuple):
    handler: Callable[..., Any]
    init: Optional[Callable[..., Any]]
    #: Whether `handler` is a coroutine function: those run on the event loop, others in threads.
    is_async: bool


def load_handler_module(settings: Settings) -> HandlerModule:
    """Raises StartError, or whatever the module raises (SystemExit included)."""
    folder = os.path.dirname(settings.src_path)
    sys.path[0:0] = [folder] if folder == settings.package_dir else [folder, settings.package_dir]
    if settings.libraries is not None:
        # As an installation of Python has them: after its own modules, with their .pth files.
        site.addsitedir(settings.libraries)
    # The package is read-only.
    sys.dont_write_bytecode = True
    module = _import(settings)
    handler = getattr(module, "handler", None)
    if not callable(handler):
        hint = ", it has 'default_handler', which is another convention" if hasattr(module, "default_handler") else ""
        raise StartError("%s: has no function 'handler(ctx, data)'%s" % (settings.src, hint))
    init = getattr(module, "init", None)
    return HandlerModule(handler, init if callable(init) else None, is_coroutine_function(handler))


def is_coroutine_function(function: Any) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))


def _import(settings: Settings) -> ModuleType:
    stem = os.path.splitext(os.path.basename(settings.src_path))[0]
    # Its own name, so that modules beside it may import it; unless that would replace a module that is in use.
    name = stem if stem.isidentifier() and stem not in sys.modules else "krt_handler"
    spec = importlib.util.spec_from_file_location(name, settings.src_path)
    if spec is None or spec.loader is None:
        raise StartError("%s: is not a python file" % settings.src)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
