"""Weather over an agency: a share of its messages meets a fault, drawn from a seeded generator."""

import random
import threading
from dataclasses import replace
from typing import Any

from adapters.simulator.switches import Panel, Switches

# What can happen to a message, and how often among the faults. In all but the first the agency does the work.
FAULTS: list[tuple[dict[str, Any], int]] = [
    ({"http_500": True}, 6),
    ({"no_reply": True}, 6),
    ({"malformed": True}, 3),
    ({"wrong_contract": True}, 2),
    ({"wrong_encoding": True}, 2),
    ({"latency_ms": 2600}, 1),  # longer than we wait: the work is done after we have given up
]


class Weather(Panel):
    """A panel whose switches are drawn anew for each message."""

    def __init__(self, share: float, seed: int) -> None:
        super().__init__()
        self._share = share
        self._random = random.Random(seed)
        self._drawing = threading.Lock()
        self.drawn = 0

    def take(self) -> Switches:
        """The switches for one message: mostly none but those that are set."""
        taken = super().take()
        with self._drawing:
            if self._random.random() >= self._share:
                return taken
            self.drawn += 1
            faults, weights = zip(*FAULTS, strict=True)
            return replace(taken, **self._random.choices(faults, weights)[0])
