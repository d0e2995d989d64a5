"""An agency that recognises our key: the deaf one with a memory, over the same protocol."""

import json
from typing import ClassVar

from adapters.simulator.server import Request, Response
from adapters.simulator.switches import Switches
from bench.soak.deaf import DeafAgency

KEY = "keyed"


class KeyedAgency(DeafAgency):
    """Books a notice once for each reference; one that it had before gets its first number."""

    key: ClassVar[str] = KEY
    name: ClassVar[str] = "Letters Office"
    protocol: ClassVar[str] = "JSON over HTTP, with keys"

    def answer(self, request: Request, switches: Switches) -> Response:
        reference = str(json.loads(request.body)["yourReference"])
        self.store.receive("letter", reference, request.body)
        with self.store.transaction():
            known = self.store.get("letter", reference)
            if known is None:
                known = {"number": f"L{self.store.next_number('letter')}"}
                self.store.effect("letter", reference, known)
                self.store.put("letter", reference, known)
        return Response(200, json.dumps(known).encode(), "application/json")
