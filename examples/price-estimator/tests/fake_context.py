"""A ctx for handlers that runs in the test itself."""
import logging
import os

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.join(HERE, "..", "package")


class FakePredictions:
    def __init__(self):
        self.saved = []

    async def save(self, **prediction):
        self.saved.append(prediction)


class FakeContext:
    """Finds files in the folders that a package is built from."""

    def __init__(self, version):
        self.version = version
        self.logger = logging.getLogger("test")
        self.logger.disabled = True
        self.prediction = FakePredictions()
        self._values = {}

    def set(self, key, value):
        self._values[key] = value

    def get(self, key):
        return self._values[key]

    def path(self, relative):
        own = os.path.join(PACKAGE, self.version, relative)
        return own if os.path.exists(own) else os.path.join(PACKAGE, "common", relative)
