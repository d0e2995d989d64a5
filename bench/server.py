"""``python -m bench.server '{"latency_ms": 200}'``: serve the fictional agencies until standard input ends.

Prints one line of JSON: their addresses and what they know the portal by.
"""

import json
import sys

from adapters.sandbox import run
from bench.messages import PORTAL


def main() -> None:
    """Serve with the switches of the first argument."""
    switches = json.loads(sys.argv[1])
    with run(portal_url=PORTAL, takes_unsigned="signed" not in sys.argv[2:]) as sandbox:
        for key, agency in sandbox.agencies.items():
            if set(switches) <= agency.switchable:  # one that takes no messages cannot be slow
                sandbox.switch(key, **switches)
        print(json.dumps({"urls": sandbox.urls(), "credentials": sandbox.credentials()}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
