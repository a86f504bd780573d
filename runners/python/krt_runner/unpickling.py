"""Says what is wrong with a model that cannot be unpickled: file, library, both versions."""
import io
import os
import pickle
import pickletools
import re
import traceback
from typing import Iterator, Optional, Tuple

_LOADS = re.compile(r"\b(pickle|joblib|dill|cloudpickle)\w*\.loads?\(|Unpickler\(|(?<!json\.)(?<!yaml\.)\bload\(|\bread_pickle\(")
_MODEL_SUFFIXES = (".pkl", ".pickle", ".joblib", ".sav", ".p", ".model")
_MAX_MODEL_BYTES = 256 * 1024 * 1024


def describe_unpickle_error(error: BaseException) -> Optional[str]:
    """One line, or None where the error is about something else."""
    if not _comes_from_unpickling(error):
        return None
    path = _model_path(error)
    library = _library_of_message(error)
    made_with = None  # type: Optional[str]
    if path is not None:
        found = _library_of_pickle(path)
        library = library or found[0]
        made_with = found[1]
    what = "the model '%s' cannot be unpickled" % path if path else "a model cannot be unpickled"
    parts = ["%s: %s: %s" % (what, type(error).__name__, error)]
    if library is not None:
        parts.append("library %s, installed version: %s" % (library, _installed_version(library) or "none"))
        parts.append("version the model was made with: %s" % (made_with or "not recorded in the file"))
    return "; ".join(parts)


def _comes_from_unpickling(error: BaseException) -> bool:
    if isinstance(error, pickle.UnpicklingError):
        return True
    if not isinstance(error, (ImportError, AttributeError, EOFError, ValueError, TypeError, KeyError)):
        return False
    return any(_LOADS.search(frame.line or "") for frame in traceback.extract_tb(error.__traceback__))


def _model_path(error: BaseException) -> Optional[str]:
    """The innermost open file, or path of a model, among the local variables of the frames."""
    found = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        for value in tuple(frame.f_locals.values()):
            if isinstance(value, io.BufferedReader):
                value = value.name
            elif not isinstance(value, (str, os.PathLike)):
                continue
            elif not str(value).endswith(_MODEL_SUFFIXES):
                continue
            if isinstance(value, (str, os.PathLike)) and os.path.isfile(str(value)):
                found = str(value)
    return found


def _library_of_message(error: BaseException) -> Optional[str]:
    if isinstance(error, ImportError) and error.name:
        return error.name.partition(".")[0]
    match = re.search(r"on <module '([\w]+)", str(error))
    return match.group(1) if match else None


def _library_of_pickle(path: str) -> Tuple[Optional[str], Optional[str]]:
    """(first library the pickle refers to, version it noted down), as far as it can be read."""
    library = None  # type: Optional[str]
    previous = ""
    for text in _texts_of_pickle(path):
        if previous == "_sklearn_version":
            return "sklearn", text
        module = re.match(r"^([a-z]\w*)(\.\w+)*[ .]?", text)
        if library is None and module and "." in text and module.group(1) not in ("builtins", "copyreg"):
            library = module.group(1)
        previous = text
    return library, None


def _texts_of_pickle(path: str) -> Iterator[str]:
    if os.path.getsize(path) > _MAX_MODEL_BYTES:
        return
    try:
        with open(path, "rb") as content:
            for _, argument, _ in pickletools.genops(content):
                if isinstance(argument, str):
                    yield argument
    except (ValueError, OSError, EOFError):
        return


def _installed_version(library: str) -> Optional[str]:
    try:
        return str(__import__(library).__version__)
    except Exception:  # pylint: disable=broad-except
        # A library that is there and broken must not hide the error that is being described.
        return None
