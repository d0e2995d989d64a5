"""A program for the test of Celery: prepares a database, submits a case, and waits until workers ended it.

The workers are processes of their own (``onestop worker``). Lines on the standard output: ``prepared`` before
the case is submitted, ``submitted`` after, and at the end what is in the database, as JSON.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import django

SECONDS = 90.0


def main() -> int:
    """Take urls, credentials, the deaf agency and a file for deaths as JSON; return the exit code."""
    given: dict[str, Any] = json.loads(sys.argv[1])
    django.setup()
    from tests.workflows import mortal_worker as story

    story._prepare(given)
    print("submitted", flush=True)
    deaths, deadline = Path(given["deaths"]), time.monotonic() + SECONDS
    while not story._is_over():
        if time.monotonic() > deadline:
            raise SystemExit(f"the case has not ended: {json.dumps(story._report())}")
        story._decide(deaths)
        time.sleep(0.05)
    print(json.dumps(story._report()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
