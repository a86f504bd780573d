"""Logs as JSON lines on stdout; what handlers print goes through as it is."""
import contextvars
import json
import logging
import sys
from datetime import datetime, timezone
from typing import Any, Dict

#: The request id of the call that runs in this thread or task.
request_id = contextvars.ContextVar("request_id", default="")  # type: contextvars.ContextVar

_LEVELS = {"DEBUG": "debug", "INFO": "info", "WARNING": "warn", "ERROR": "error", "CRITICAL": "error"}


class JsonFormatter(logging.Formatter):
    """One JSON object a line: level, message, time, logger, requestId."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info:
            message = "%s\n%s" % (message, self.formatException(record.exc_info))
        line = {
            "level": _LEVELS.get(record.levelname, "info"),
            "message": message,
            "time": timestamp(record.created),
            "logger": record.name,
        }  # type: Dict[str, Any]
        current = request_id.get()
        if current:
            line["requestId"] = current
        return json.dumps(line, ensure_ascii=False)


def timestamp(seconds: float) -> str:
    """RFC 3339 in UTC with milliseconds."""
    moment = datetime.fromtimestamp(seconds, tz=timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (moment.microsecond // 1000)


def set_up_logging() -> None:
    """Makes stdout line buffered UTF-8 and sends every logger's records there."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # type: ignore
    output = logging.StreamHandler(sys.stdout)
    output.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(logging.INFO)
    # The log must never be what breaks a call.
    logging.raiseExceptions = False
