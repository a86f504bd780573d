"""JSON of the node contract: strict JSON, with what numeric libraries return made plain."""
import base64
import json
import math
from typing import Any


def to_json(value: Any) -> str:
    """Raises TypeError for what has no JSON form. NaN and the infinities are texts, as in proto3 JSON."""
    try:
        return _encode(value)
    except ValueError as error:
        if "Out of range float" not in str(error):
            raise
        return _encode(_texts_for_non_finite(value))


def _plain(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(value)).decode("ascii")
    # Scalars and arrays of numpy and its kin.
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (set, frozenset)):
        return list(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError("a value of type '%s' has no JSON form" % type(value).__name__)


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain).encode


def _texts_for_non_finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _texts_for_non_finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_texts_for_non_finite(item) for item in value]
    if hasattr(value, "tolist"):
        return _texts_for_non_finite(value.tolist())
    return value
