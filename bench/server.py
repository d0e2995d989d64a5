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
    with run(portal_url=PORTAL) as sandbox:
        for key in sandbox.agencies if switches else ():
            sandbox.switch(key, **switches)
        account = {"username": "onestop", "password": sandbox.secret}
        credentials = {
            "tax": {"client_id": "onestop", "client_secret": sandbox.secret},
            "vdr": account,
            "sia": {**account, "host_key": sandbox.host_key()},
        }
        print(json.dumps({"urls": sandbox.urls(), "credentials": credentials}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
