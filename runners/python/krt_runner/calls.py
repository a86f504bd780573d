"""One call: body in, (status, body) out. Knows nothing of sockets."""
import asyncio
import inspect
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Awaitable, Callable, Mapping, Optional, Set, Tuple

from .context import Context
from .errors import CallRefused
from .handler_module import HandlerModule
from .json_text import to_json
from .logs import request_id

Answer = Tuple[int, bytes]
OnAnswer = Callable[[Answer], None]


def error_answer(status: int, kind: str, message: str) -> Answer:
    return status, to_json({"error": {"type": kind, "message": message}}).encode("utf-8")


class Calls:
    """Runs the handler: coroutines on the loop, plain functions in a bounded pool of threads."""

    def __init__(
        self,
        module: HandlerModule,
        context: Context,
        loop: asyncio.AbstractEventLoop,
        threads: int,
        max_calls: int,
        on_exit: Callable[[SystemExit], None],
    ) -> None:
        self._module = module
        self._context = context
        self._loop = loop
        self._pool = None if module.is_async else ThreadPoolExecutor(threads, thread_name_prefix="call")
        self._max_calls = max_calls
        self._on_exit = on_exit
        self._logger = logging.getLogger("krt-runner")
        #: What a handler gave to sys.exit; the process ends once that call is answered.
        self._exit_request = None  # type: Optional[SystemExit]
        self._tasks = set()  # type: Set[asyncio.Task]
        self.in_flight = 0

    def start(
        self, body: bytes, headers: Mapping[str, str], is_abandoned: Callable[[], bool], on_answer: OnAnswer
    ) -> None:
        """Calls `on_answer` once, on the loop. A call that still waits for a thread when its caller is gone is not run."""
        if self.in_flight >= self._max_calls:
            on_answer(error_answer(503, "Overloaded", "more than %d calls at once" % self._max_calls))
            return
        self.in_flight += 1

        def finish(answer: Answer) -> None:
            self.in_flight -= 1
            on_answer(answer)
            if self._exit_request is not None:
                self._on_exit(self._exit_request)

        if self._pool is None:
            task = self._loop.create_task(self._run_async(body, headers, finish))
            # The loop itself holds tasks weakly.
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._pool.submit(self._run_in_thread, body, headers, is_abandoned, finish)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False)

    async def _run_async(self, body: bytes, headers: Mapping[str, str], finish: OnAnswer) -> None:
        request_id.set(headers.get("x-request-id", ""))
        try:
            result = await self._module.handler(self._context, _read_request(body))
            answer = self._to_answer(result)
        except BaseException as error:  # pylint: disable=broad-except
            answer = self._to_error(error)
        finish(answer)

    def _run_in_thread(
        self, body: bytes, headers: Mapping[str, str], is_abandoned: Callable[[], bool], finish: OnAnswer
    ) -> None:
        token = request_id.set(headers.get("x-request-id", ""))
        try:
            if is_abandoned() or _is_past(headers.get("x-konstellation-deadline")):
                raise CallRefused(503, "Abandoned", "the call waited for a thread until its deadline")
            result = self._module.handler(self._context, _read_request(body))
            if inspect.isawaitable(result):
                result = asyncio.run_coroutine_threadsafe(_wait(result), self._loop).result()
            answer = self._to_answer(result)
        except BaseException as error:  # pylint: disable=broad-except
            answer = self._to_error(error)
        finally:
            request_id.reset(token)
        self._loop.call_soon_threadsafe(finish, answer)

    def _to_answer(self, result: Any) -> Answer:
        if not isinstance(result, dict):
            raise TypeError("the handler must return a dict, it returned '%s'" % type(result).__name__)
        return 200, to_json(result).encode("utf-8")

    def _to_error(self, error: BaseException) -> Answer:
        if isinstance(error, CallRefused):
            return error_answer(error.status, error.kind, str(error))
        if isinstance(error, SystemExit):
            self._exit_request = error
        else:
            self._logger.error(
                "the handler failed: %s: %s",
                type(error).__name__,
                error,
                exc_info=(type(error), error, error.__traceback__),
            )
        return error_answer(500, type(error).__name__, str(error)[:4096])


def _read_request(body: bytes) -> Any:
    try:
        request = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CallRefused(400, "BadRequest", "the body is not JSON: %s" % error)
    if not isinstance(request, dict):
        raise CallRefused(400, "BadRequest", "the body is not a JSON object")
    return request


def _is_past(deadline: Optional[str]) -> bool:
    return deadline is not None and deadline.isdigit() and int(deadline) < time.time() * 1000


async def _wait(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
