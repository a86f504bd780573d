import subprocess
import sys
import tarfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


def sources(version):
    """Path in the package → content, of the folders it is built from."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for folder in (HERE / "package/common", HERE / "package" / version)
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".")
    }


class Packages(unittest.TestCase):
    def test_hold_exactly_what_is_in_their_folders(self):
        for version in ("v1", "v2"):
            with tarfile.open(HERE / f"price-estimator-{version}.krt", "r:gz") as archive:
                packed = {member.name: archive.extractfile(member).read() for member in archive}
            wanted = sources(f"price-{version}")
            self.assertEqual(sorted(packed), sorted(wanted))
            for path, content in wanted.items():
                self.assertEqual(packed[path], content, f"{path}: run node build.mjs")

    def test_hold_what_training_gives(self):
        check = subprocess.run(
            [sys.executable, str(HERE / "train.py"), "--check"], capture_output=True, text=True, timeout=120
        )
        self.assertEqual(check.returncode, 0, check.stderr)
        self.assertEqual(check.stdout, "as committed\n")


if __name__ == "__main__":
    unittest.main()
