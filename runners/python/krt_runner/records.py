"""What handlers save: JSON lines on stdout, which the portal keeps per version."""
import collections
import json
import logging
import sys
import time
from typing import Any, Deque, Dict, List, Optional, Tuple

from .json_text import to_json
from .logs import request_id, timestamp

MAX_RECORD_BYTES = 64 * 1024
MAX_DOCUMENTS = 1000
MAX_DOCUMENTS_BYTES = 8 * 1024 * 1024


class Done:
    """The result of a save: nothing, which may be awaited or not."""

    def __await__(self):
        return iter(())


DONE = Done()


class RecordWriter:
    """Writes records; one that is too large or no JSON is dropped with a warning, never an error of the call."""

    def __init__(self, node: str, logger: logging.Logger) -> None:
        self._node = node
        self._logger = logger

    def write(self, kind: str, content: Dict[str, Any]) -> Optional[str]:
        """Returns the line that was written, None for a dropped record."""
        record = {"record": kind, "time": timestamp(time.time()), "node": self._node}
        current = request_id.get()
        if current:
            record["requestId"] = current
        record.update(content)
        try:
            line = to_json(record)
        except (TypeError, ValueError, RecursionError) as error:
            self._logger.warning("a %s was not saved: %s", kind, error)
            return None
        if len(line) > MAX_RECORD_BYTES:
            self._logger.warning("a %s was not saved: it has more than %d bytes", kind, MAX_RECORD_BYTES)
            return None
        sys.stdout.write(line + "\n")
        return line


class Predictions:
    """``ctx.prediction``."""

    ERR_MISSING_VALUES = "missing_values"
    ERR_NEW_LABELS = "new_labels"

    def __init__(self, writer: RecordWriter) -> None:
        self._writer = writer

    def save(
        self,
        predicted_value: Any = "",
        true_value: Any = "",
        extra: Optional[Dict[str, Any]] = None,
        utcdate: Any = None,
        error: str = "",
        date: Any = None,
    ) -> Done:
        """Saves what was predicted and, where it is known, what was true. `date` is the old name of `utcdate`."""
        when = utcdate if utcdate is not None else date
        self._writer.write(
            "prediction",
            {
                "predictedValue": predicted_value,
                "trueValue": true_value,
                "extra": extra or {},
                "date": _date(when),
                "error": error,
            },
        )
        return DONE


class Measurements:
    """``ctx.measurement``."""

    def __init__(self, writer: RecordWriter) -> None:
        self._writer = writer

    def save(
        self, measurement: str, fields: Dict[str, Any], tags: Dict[str, Any], time: Any = None, precision: str = "ns"
    ) -> Done:
        """Saves one point; `time` is in `precision` (s, ms, us, ns) since 1970 or a datetime, now by default."""
        content = {"measurement": measurement, "fields": fields, "tags": tags, "precision": precision}
        if time is not None:
            content["at"] = time if isinstance(time, (int, float)) else _date(time)
        self._writer.write("measurement", content)
        return DONE


class Documents:
    """``ctx.db``: documents are written out, and the newest of this process can be found again."""

    def __init__(self, writer: RecordWriter) -> None:
        self._writer = writer
        self._kept = collections.deque()  # type: Deque[Tuple[str, str]]
        self._bytes = 0

    async def save(self, collection: str, doc: Dict[str, Any]) -> None:
        line = self._writer.write("document", {"collection": collection, "document": doc})
        if line is None:
            return
        # Kept as text: what the handler changes afterwards must not change what was saved.
        text = to_json(doc)
        self._kept.append((collection, text))
        self._bytes += len(text)
        while len(self._kept) > MAX_DOCUMENTS or self._bytes > MAX_DOCUMENTS_BYTES:
            self._bytes -= len(self._kept.popleft()[1])

    async def find(self, collection: str, query: Optional[Dict[str, Any]] = None) -> List[Dict[str, Any]]:
        """The documents of the collection whose fields equal those of the query, oldest first."""
        wanted = json.loads(to_json(query or {}))
        found = []
        for name, text in tuple(self._kept):
            if name == collection:
                doc = json.loads(text)
                if all(key in doc and doc[key] == value for key, value in wanted.items()):
                    found.append(doc)
        return found


def _date(value: Any) -> str:
    if value is None or value == "":
        return timestamp(time.time())
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
