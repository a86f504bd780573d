"""Errors of the runner itself."""


class StartError(Exception):
    """The node cannot start. The message is one line that its user understands."""


class CallRefused(Exception):
    """A call that is answered without asking the handler."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
