"""``python -m bench.soak``: run the soak, print what was counted; 0 where nothing was lost or done twice."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--exchanges", type=int, default=10_000, help="deliveries, by default 10,000")
    parser.add_argument("--faults", type=float, default=0.2, help="share of messages that meet a fault")
    parser.add_argument("--kills", type=int, default=20, help="workers ended by SIGKILL")
    parser.add_argument("--outage", type=float, default=20.0, help="seconds the vehicle register is off")
    parser.add_argument("--seconds", type=float, default=570.0, help="the soak stops by itself after this")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--report", type=Path, help="write the report to this file")
    return parser.parse_args()


def main() -> int:
    """Run with the options of the command line."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="onestop-soak-") as name:
        folder = Path(name)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
        os.environ["ONESTOP_DATA_DIR"] = name
        os.environ.setdefault("ONESTOP_SOAK_DATABASE_URL", f"sqlite:///{folder / 'soak.sqlite3'}")
        os.environ["ONESTOP_DATABASE_URL"] = os.environ["ONESTOP_SOAK_DATABASE_URL"]
        os.environ.setdefault("ONESTOP_LOG_LEVEL", "ERROR")
        os.environ.setdefault("ONESTOP_HEALTH_SECONDS", "0")  # its questions would count as messages
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        from bench.soak.report import written
        from bench.soak.story import Plan, soak

        settings = {name: getattr(options, name) for name in ("exchanges", "faults", "kills", "outage")}
        count = soak(Plan(**settings, seconds=options.seconds, seed=options.seed), folder)
        print(json.dumps(count.as_json(), indent=1))
        if options.report:
            options.report.write_text(written(count, settings), encoding="utf-8")
        if not count.is_sound:
            print((folder / "workers.log").read_text(encoding="utf-8")[-4000:], file=sys.stderr)
    return 0 if count.is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
