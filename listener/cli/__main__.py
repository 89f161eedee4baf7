"""The entry point: any fault is one line, and `health` imports nothing heavy."""

import atexit
import gc
import os
import sys

GARBAGE_THRESHOLD = 300_000  # new objects between two collections; a short command makes half of that, and drops none


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 a fault, 2 wrong usage, 3 done but a notice is open."""
    if sys.argv[1:2] == ["run"]:
        from listener import shutdown

        shutdown.install()
    if sys.argv[1:] == ["health"]:
        from listener.cli.health import check_health

        sys.exit(check_health(os.environ))
    for stream in (sys.stdout, sys.stderr):  # what the terminal's encoding lacks must not end a command
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.argv[1:2] != ["init"]:  # a configuration is for others to read, such as the container's user
        os.umask(0o077)  # all else holds people's words: files 0600, folders 0700, whatever the shell's umask
    gc.set_threshold(GARBAGE_THRESHOLD)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # else it reads every installed package's metadata
    atexit.register(gc.freeze)  # else a last collection at exit takes a fifth of the time
    sys.exit(run_app())


def run_app() -> int:
    """Run the command of sys.argv; return its exit code, and print a fault as one line."""
    from listener.errors import EarshotError, describe
    from listener.messages import clean

    try:
        from listener.cli import commands

        commands.app()
    except EarshotError as error:
        return print_fault(str(error))
    except BrokenPipeError:  # `earshot log | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # the output's disk is full, for one
        return print_fault(f"{describe(error)}; free some disk space or check the permissions, then try again")
    except UnicodeEncodeError:  # the shell passed bytes that are not text
        return print_fault("an argument is not UTF-8 text; type it in UTF-8 (nothing was changed)")
    except KeyboardInterrupt:
        return print_fault("stopped")
    except SystemExit as end:
        return exit_code(end.code)
    except Exception as error:
        if os.environ.get("EARSHOT_DEBUG"):
            raise
        what = f"internal error: {type(error).__name__}: {clean(str(error))}"
        return print_fault(f"{what}; please report it (EARSHOT_DEBUG=1 shows where it is)")
    return 0


def exit_code(code: object) -> int:
    """Return the number in SystemExit.code; None is 0, a text is 1."""
    return code if isinstance(code, int) else 0 if code is None else 1


def print_fault(message: str) -> int:
    """Print each problem as one line on stderr, made safe: it may hold a stranger's name or id. Return 1."""
    from listener.cli.output import safe

    for line in message.splitlines():
        sys.stderr.write(f"earshot: {safe(line)}\n")
    return 1


if __name__ == "__main__":
    main()
