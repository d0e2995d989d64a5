"""`make test`: the suite on SQLite, then on PostgreSQL where a server answers.

``ONESTOP_REQUIRE_ALL=1`` (set by CI) turns every skip, and a missing PostgreSQL, into a failure.
"""

import os
import subprocess
import sys
import urllib.parse

POSTGRES_URL = os.environ.get("ONESTOP_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REQUIRE_ALL = os.environ.get("ONESTOP_REQUIRE_ALL") == "1"


def run(title: str, environment: dict[str, str], arguments: list[str]) -> bool:
    """Run pytest once; True when it passed."""
    print(f"\n=== {title} ===", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode == 0


def postgres_answers() -> bool:
    """True when the server accepts a connection."""
    import psycopg

    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=2).close()
    except psycopg.OperationalError as error:
        print(f"PostgreSQL at {urllib.parse.urlsplit(POSTGRES_URL).netloc} does not answer: {error}".strip())
        return False
    return True


def main() -> int:
    """Run both passes; 0 when all that could run passed."""
    arguments = sys.argv[1:]
    passed = run("SQLite", {}, arguments)
    if postgres_answers():
        # The browser journeys drive their own servers and ran above; all else runs again.
        only = [*arguments, "-m", "not browser"]
        passed &= run("PostgreSQL", {"ONESTOP_DATABASE_URL": POSTGRES_URL}, only)
    elif REQUIRE_ALL:
        print("ONESTOP_REQUIRE_ALL=1: PostgreSQL is required")
        passed = False
    else:
        print("Skipped the pass on PostgreSQL: set ONESTOP_TEST_POSTGRES_URL to a server that answers.")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
