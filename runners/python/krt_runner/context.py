"""``ctx``, what a handler is given."""
import logging
import os
from typing import Any, Dict

from .logs import request_id
from .records import Documents, Measurements, Predictions, RecordWriter


class Context:
    """One per process: what `init` sets, every call can get."""

    def __init__(self, node: str, package_dir: str) -> None:
        self.logger = logging.getLogger(node)
        writer = RecordWriter(node, self.logger)
        self.prediction = Predictions(writer)
        self.measurement = Measurements(writer)
        self.db = Documents(writer)
        self._values = {}  # type: Dict[str, Any]
        self._package_dir = os.path.realpath(package_dir)

    def set(self, key: str, value: Any) -> None:
        self._values[key] = value

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def path(self, relative_path: str = "") -> str:
        """Absolute path of a file of the package. Raises ValueError for one outside of it."""
        path = os.path.realpath(os.path.join(self._package_dir, relative_path))
        if path != self._package_dir and not path.startswith(self._package_dir + os.sep):
            raise ValueError("the path '%s' lies outside of the package" % relative_path)
        return path

    def get_request_id(self) -> str:
        return request_id.get()

    set_value = set
    get_value = get
    get_path = path
