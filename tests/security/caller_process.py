"""A server process that counts calls: `python -m tests.security.caller_process LIMIT`.

Prints READY, waits for a line, then calls 240 times from three threads and prints how many were admitted.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django

CALLS, THREADS = 240, 3


def main(limit: int) -> None:
    """Count against ``limit`` calls a minute in the database of the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
    django.setup()
    from django.db import connection

    from identity.models import CallLimit
    from identity.oauth.throttle import Throttle

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS identity_calllimit"
                " (key text PRIMARY KEY, calls real NOT NULL, failures real NOT NULL)"
            )
    limits = Throttle("test", limit, limit)
    assert CallLimit.objects.count() == 0
    print("READY", flush=True)
    sys.stdin.readline()

    def call(number: int) -> bool:
        return limits.admit("somebody") == 0

    started = time.time()
    with ThreadPoolExecutor(THREADS) as pool:
        admitted = sum(pool.map(call, range(CALLS)))
    print(json.dumps({"admitted": admitted, "seconds": time.time() - started}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
