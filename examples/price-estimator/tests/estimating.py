"""Runs the workflow of a version on a request, as the entrypoint does."""
import asyncio
import importlib
import os
import sys
from unittest import mock

from .fake_context import PACKAGE, FakeContext

sys.path.insert(0, os.path.join(PACKAGE, "common", "src"))
etl, model, output = (importlib.import_module(name) for name in ("etl", "model", "output"))

#: What arrives for a request in which the caller set nothing: every field with its proto3 default.
UNSET = {
    "lotsize": 0,
    "bedrooms": 0,
    "bathrms": 0,
    "stories": 0,
    "driveway": False,
    "recroom": False,
    "fullbase": False,
    "gashw": False,
    "airco": False,
    "garagepl": 0,
    "prefarea": False,
}
HOUSE = {**UNSET, "lotsize": 5850, "bedrooms": 3, "bathrms": 1, "stories": 2, "driveway": True, "fullbase": True}


class Estimator:
    def __init__(self, version, currency="CAD"):
        self.context = FakeContext(version)
        with mock.patch.dict(os.environ, {output.VARIABLE: currency}):
            for node in (etl, model, output):
                node.init(self.context)

    def estimate(self, **house):
        request = {**HOUSE, **house}
        features = etl.handler(self.context, request)
        estimated = asyncio.run(model.handler(self.context, features))
        return output.handler(self.context, estimated)
