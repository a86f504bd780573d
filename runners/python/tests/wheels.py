"""Wheels and source archives, made as small as they may be."""
import hashlib
import io
import os
import tarfile
import zipfile


def write_wheel(folder, name, version, source, requires=()):
    """The SHA-256 of the wheel."""
    info = "%s-%s.dist-info" % (name, version)
    metadata = ["Metadata-Version: 2.1", "Name: " + name, "Version: " + version]
    metadata += ["Requires-Dist: " + requirement for requirement in requires]
    files = {
        name + ".py": source,
        info + "/METADATA": "\n".join(metadata) + "\n",
        info + "/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join("%s,,\n" % path for path in list(files) + [info + "/RECORD"])
    path = os.path.join(folder, "%s-%s-py3-none-any.whl" % (name, version))
    with zipfile.ZipFile(path, "w") as wheel:
        for member, text in dict(files, **{info + "/RECORD": record}).items():
            wheel.writestr(member, text)
    with open(path, "rb") as content:
        return hashlib.sha256(content.read()).hexdigest()


def write_sdist(folder, name, version):
    """Its setup.py would leave a trace, were it ever run."""
    root = "%s-%s" % (name, version)
    trace = os.path.join(folder, "setup-py-was-run")
    files = {
        root + "/setup.py": "open(%r, 'w').close()\nfrom setuptools import setup\nsetup(name=%r, version=%r)\n" % (trace, name, version),
        root + "/PKG-INFO": "Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version),
    }
    with tarfile.open(os.path.join(folder, root + ".tar.gz"), "w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode("utf-8")))
    return trace
