"""The `wise` command line within limits: `python -m wise_skills.cli.limited SECONDS BYTES COMMAND…`.

The page runs it for files that strangers send: without network where the system allows it, with a ceiling on computing
time, memory and the size of what is written. It ends when the process that started it does.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

from wise_skills.engines.worker import end_with_parent, leave_network, limit_memory

OUT_OF_MEMORY = 3
MAX_WRITTEN = 60_000_000


def limit(name: str, value: int, beyond: int = 0) -> None:
    """Set a limit of this process where the system knows it; `beyond` is how much later it stops warning and kills."""
    with suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        resource.setrlimit(getattr(resource, name), (value, value + beyond))


def main(arguments: list[str]) -> None:
    """Set the limits named by the first two arguments and run the rest as `wise` would."""
    seconds, memory, *rest = arguments
    leave_network()  # while there is one thread only
    threading.Thread(target=end_with_parent, args=(0,), daemon=True).start()
    limit("RLIMIT_CPU", int(seconds), beyond=1)  # SIGXCPU says what it was, SIGKILL does not
    limit("RLIMIT_FSIZE", MAX_WRITTEN)
    limit_memory(int(memory))
    from wise_skills.cli import main as wise

    try:
        wise(rest)
    except MemoryError:
        sys.stderr.flush()
        os._exit(OUT_OF_MEMORY)  # there may be no memory left for an orderly end


if __name__ == "__main__":
    main(sys.argv[1:])
