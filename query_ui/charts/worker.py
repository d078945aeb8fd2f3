"""The process that draws: `python worker.py`. It speaks in the frames of `wise_skills.engines.worker`.

`vl_convert` is a browser's engine in a library: what it cannot read may end the whole process, and it could load from the network.
So it runs here, without network where the system allows it and within a ceiling of memory, and is started again if it ends.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from wise_skills.engines.worker import Server, end_with_parent, leave_network, limit_memory

MEMORY = 2_000_000_000


class Drawer(Server):
    """Draws what is asked for: `kind` is `vega-lite`, `vega` or `png` (of an SVG), `text` the specification."""

    def __init__(self, source: int, target: int) -> None:
        self.source, self.target = source, target

    def run(self, ready: Any) -> None:
        """Say that the process is ready, then draw until the input ends."""
        import vl_convert  # late: the process must have one thread only when it leaves the network

        draw = {
            "vega-lite": lambda text: vl_convert.vegalite_to_svg(text, allowed_base_urls=[]).encode(),
            "vega": lambda text: vl_convert.vega_to_svg(text, allowed_base_urls=[]).encode(),
            "png": lambda text: vl_convert.svg_to_png(text, scale=2),
        }
        self.send(ready)
        while (request := self.receive()) is not None:
            try:
                self.send({"error": ""}, draw[request["kind"]](request["text"]))
            except ValueError as error:
                self.send({"error": str(error)[:500] or "not drawn"})


def main() -> None:
    """Draw for the process that holds the other ends of input and output."""
    # The frames get descriptors of their own, so that a stray print cannot break them.
    source, target = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    isolated = leave_network()
    limit_memory(MEMORY)
    threading.Thread(target=end_with_parent, args=(source,), daemon=True).start()
    Drawer(source, target).run({"ready": True, "isolated": isolated})


if __name__ == "__main__":
    main()
