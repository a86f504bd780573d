"""Puts together what the python image holds under /app, in images/python/dist: the runner and pip, both compiled.

    python3 images/python/assemble.py
"""
import compileall
import glob
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
RUNNER = os.path.join(os.path.dirname(os.path.dirname(HERE)), "runners", "python", "krt_runner")
OUTPUT = os.path.join(HERE, "dist")
# Debian's python has no module pip without python3-pip, but may have its wheel, which runs as it is.
WHEELS = "/usr/share/python-wheels/pip-*.whl"
DOWNLOAD_SECONDS = 180


def pip_command():
    found = subprocess.run([sys.executable, "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if found.returncode == 0:
        return [sys.executable, "-m", "pip"]
    for wheel in glob.glob(WHEELS):
        return [sys.executable, os.path.join(wheel, "pip")]
    sys.exit("%s has no pip to fetch the image's own with (on Debian: python3-pip)" % sys.executable)


def fetch_pip(folder):
    """The wheel that pip.txt names; pip refuses one with another hash."""
    requirement = os.path.join(HERE, "pip.txt")
    options = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        pip_command() + ["download", "-r", requirement, "-d", folder] + options, check=True, timeout=DOWNLOAD_SECONDS
    )
    (wheel,) = glob.glob(os.path.join(folder, "pip-*.whl"))
    return wheel


def main():
    shutil.rmtree(OUTPUT, ignore_errors=True)
    os.makedirs(OUTPUT)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(fetch_pip(folder)) as wheel:
        # The folder of metadata too: pip looks itself up in it.
        wheel.extractall(OUTPUT)
    shutil.copytree(RUNNER, os.path.join(OUTPUT, "krt_runner"), ignore=shutil.ignore_patterns("__pycache__"))
    # The image is read-only, so that nothing would ever be compiled in it. By hash, as times do not survive a layer.
    compiled = compileall.compile_dir(
        OUTPUT,
        quiet=1,
        stripdir=OUTPUT,
        prependdir="/app",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        sys.exit("not all of %s could be compiled" % OUTPUT)


if __name__ == "__main__":
    try:
        main()
    except (subprocess.SubprocessError, OSError) as error:
        sys.exit("the python image could not be assembled: %s" % error)
