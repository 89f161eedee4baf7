"""The entry point: one line for a fault, and `health` without importing anything heavy."""

import atexit
import gc
import os
import sys

MANY = 300_000  # new objects between two looks for garbage; a short command makes half of that, and drops nothing


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 a fault, 2 wrong usage, 3 done but a notice is open."""
    if sys.argv[1:2] == ["run"]:
        from listener import shutdown

        shutdown.install()
    if sys.argv[1:] == ["health"]:
        from listener.cli.health import health

        sys.exit(health(os.environ))
    gc.set_threshold(MANY)
    atexit.register(gc.freeze)  # else the interpreter looks through all of it once more at its end: a fifth of the time
    sys.exit(_run())


def _run() -> int:
    from listener.errors import EarshotError

    for stream in (sys.stdout, sys.stderr):  # what the terminal's encoding lacks must not end a command
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        from listener.cli import commands

        commands.app()
    except EarshotError as error:
        return _fault(str(error))
    except BrokenPipeError:  # `earshot log | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # the output's disk is full, for one
        return _fault(
            f"the system says: {error.strerror or error}; free some space or check the permissions, then try again"
        )
    except UnicodeEncodeError:  # the shell gave bytes that are no text; nothing was stored
        return _fault("an argument is not UTF-8 text; write it in UTF-8, nothing was changed")
    except KeyboardInterrupt:
        return _fault("stopped")
    except SystemExit as end:
        return _code(end.code)
    except Exception as error:
        if os.environ.get("EARSHOT_DEBUG"):
            raise
        return _fault(
            f"an error of Earshot's own: {type(error).__name__}: {error}; EARSHOT_DEBUG=1 shows where, please report it"
        )
    return 0


def _code(code: object) -> int:
    return code if isinstance(code, int) else 0 if code is None else 1


def _fault(message: str) -> int:
    """One line a fault, on stderr; a name or an id in it may be a stranger's."""
    from listener.cli.output import safe

    for line in message.splitlines():
        sys.stderr.write(f"earshot: {safe(line)}\n")
    return 1


if __name__ == "__main__":
    main()
