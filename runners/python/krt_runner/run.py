"""From the environment to a serving node and its end."""
import asyncio
import atexit
import concurrent.futures.thread
import inspect
import logging
import os
import signal
import sys
import traceback
from typing import Any, Mapping, Optional, Sequence

from .calls import Calls
from .context import Context
from .errors import StartError
from .handler_module import HandlerModule, load_handler_module
from .http_server import HttpServer
from .install import install
from .listening import StartingResponder, bind
from .logs import set_up_logging
from .settings import Settings, read_settings
from .unpickling import describe_unpickle_error


def main(env: Mapping[str, str], arguments: Sequence[str] = ()) -> None:
    """Never returns: ends the process. Exit code 1 and one last line on stderr when the node cannot start.

    With the argument `install` the node is not started, but what its package requires is installed.
    """
    set_up_logging()
    # Until the loop runs, SIGTERM ends the import or `init` at once.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    termination_log = env.get("KRT_TERMINATION_LOG")
    src = env.get("KRT_NODE_SRC", "")
    try:
        if arguments:
            code = _run_command(arguments, env)
        else:
            code = _run(read_settings(env))
    except StartError as error:
        code = _fail(termination_log, str(error))
    except SystemExit as exit_request:
        code = _exit_code(exit_request, termination_log)
    except BaseException as error:  # pylint: disable=broad-except
        traceback.print_exc()
        code = _fail(termination_log, _describe(error, src))
    _end(code)


def _run_command(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    if list(arguments) != ["install"]:
        raise StartError("there is no command '%s', only 'install'" % " ".join(arguments))
    install(env)
    return 0


def _run(settings: Settings) -> int:
    listening = bind(settings.host, settings.port)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    context = Context(settings.node, settings.package_dir)
    responder = StartingResponder(listening)
    responder.start()
    try:
        module = load_handler_module(settings)
        pending = module.init(context) if module.init is not None else None
    finally:
        responder.stop()
    return loop.run_until_complete(_serve(settings, loop, listening, context, module, pending))


async def _serve(
    settings: Settings,
    loop: asyncio.AbstractEventLoop,
    listening: Any,
    context: Context,
    module: HandlerModule,
    pending: Any,
) -> int:
    exit_code = loop.create_future()

    def end(code: int) -> None:
        if not exit_code.done():
            exit_code.set_result(code)

    server = HttpServer(loop, settings.max_body, settings.idle_timeout)
    await server.listen(listening)
    if inspect.isawaitable(pending):
        await pending
    server.calls = Calls(
        module,
        context,
        loop,
        settings.threads,
        settings.max_calls,
        lambda exit_request: end(_exit_code(exit_request, os.environ.get("KRT_TERMINATION_LOG"))),
    )

    def stop() -> None:
        server.close()
        if server.calls is None or server.calls.in_flight == 0:
            end(0)
        else:
            server.on_idle = lambda: end(0)
            loop.call_later(settings.grace, end, 0)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    address = listening.getsockname()
    logging.getLogger("krt-runner").info("node '%s' is ready on %s port %d", settings.node, address[0], address[1])
    code = await exit_code
    # One turn of the loop, for the last answers to leave.
    await asyncio.sleep(0)
    server.calls.close()
    return code


def _describe(error: BaseException, src: str) -> str:
    text = describe_unpickle_error(error) or "%s: %s" % (type(error).__name__, error)
    return "%s: %s" % (src, " ".join(text.split()))


def _exit_code(exit_request: SystemExit, termination_log: Optional[str]) -> int:
    """As Python itself reads the argument of sys.exit."""
    if exit_request.code is None:
        return 0
    if isinstance(exit_request.code, int):
        if exit_request.code != 0:
            _fail(termination_log, "the module ended the process with code %d" % exit_request.code)
        return exit_request.code & 0xFF
    return _fail(termination_log, str(exit_request.code))


def _fail(termination_log: Optional[str], reason: str) -> int:
    line = reason[:4096]
    print(line, file=sys.stderr)
    if termination_log:
        try:
            with open(termination_log, "w", encoding="utf-8") as output:
                output.write(line + "\n")
        except OSError as error:
            print("cannot write %s: %s" % (termination_log, error), file=sys.stderr)
    return 1


def _end(code: int) -> None:
    """A thread that hangs in a handler must not keep the process, so this does not wait for threads."""
    # Up to Python 3.8 this is what waits for the threads of a pool.
    atexit.unregister(getattr(concurrent.futures.thread, "_python_exit"))
    run_exit_functions = getattr(atexit, "_run_exitfuncs", None)
    if run_exit_functions is not None:
        run_exit_functions()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            pass
    os._exit(code)
