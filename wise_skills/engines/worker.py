"""A process that answers queries on one store, and can be killed: `python -m wise_skills.engines.worker`.

pyoxigraph has neither a time limit nor a way to cancel a query, and follows SERVICE wherever it points. So
queries run here: without network where the system allows it, with a ceiling on memory, and `embedded` kills
the process at the deadline.

Frames in both directions: two unsigned 32-bit numbers (length of the header, length of the body), the header
as JSON, the body as bytes. The first frame says that the worker is ready. When the other end closes, the
worker ends, even in the middle of a query.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import struct
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

FRAME = struct.Struct("!II")
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def leave_network() -> bool:
    """Move this process into a network namespace of its own, which is empty; return whether that worked.

    Must run while there is one thread only (unshare(2)). Containers often forbid it: then the guard stands
    alone, and `EmbeddedEngine.isolated` says so.
    """
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (OSError, AttributeError):
        return False
    # As root the network namespace alone is enough and keeps the right to read the store.
    return any(unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def limit_memory(size: int) -> None:
    """Allow this process so many bytes more than it has now; what goes beyond ends it.

    RLIMIT_DATA and not RLIMIT_AS: RocksDB and glibc reserve address space that they never use.
    """
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (data_size() + size,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def data_size() -> int:
    """Return the bytes of private writable memory of this process, what RLIMIT_DATA counts; 0 if unknown."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def end_with_parent(descriptor: int) -> None:
    """End this process as soon as nobody holds the other end of its input."""
    watcher = select.poll()
    watcher.register(descriptor, 0)  # a hang-up is reported even if nothing is asked for
    watcher.poll()
    os._exit(0)


class Server:
    """The store and the loop around it."""

    def __init__(self, store: Path, source: int, target: int) -> None:
        # Imported late: the process must have one thread only when it leaves the network.
        from wise_skills.engines.reader import Reader

        self.reader = Reader(store)
        self.source, self.target = source, target

    def run(self, ready: Mapping[str, Any]) -> None:
        """Say that the worker is ready, then answer one request after the other until the input ends."""
        self.send({**ready, "graphs": self.reader.graphs()})
        while (request := self.receive()) is not None:
            self.send(*self.reader.reply(request))

    def send(self, header: Mapping[str, Any], body: bytes = b"") -> None:
        """Write one frame."""
        text = json.dumps({**header, "data_size": data_size()}).encode()
        data = memoryview(FRAME.pack(len(text), len(body)) + text + body)
        while data:
            data = data[os.write(self.target, data) :]

    def receive(self) -> dict[str, Any] | None:
        """Read one frame; None at the end of the input."""
        start = self._read(FRAME.size)
        if start is None:
            return None
        text = self._read(sum(FRAME.unpack(start)))
        return None if text is None else json.loads(text)

    def _read(self, size: int) -> bytes | None:
        data = bytearray()
        while len(data) < size:
            chunk = os.read(self.source, size - len(data))
            if not chunk:
                return None
            data += chunk
        return bytes(data)


def main() -> None:
    """Serve the store named by the first argument within the memory named by the second."""
    store, memory = Path(sys.argv[1]), int(sys.argv[2])
    # The frames get descriptors of their own, so that a stray print cannot break them.
    source, target = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    isolated = leave_network()
    server = Server(store, source, target)
    limit_memory(memory)
    threading.Thread(target=end_with_parent, args=(source,), daemon=True).start()
    server.run({"ready": True, "isolated": isolated, "pid": os.getpid()})


if __name__ == "__main__":
    main()
