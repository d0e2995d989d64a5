"""The soak's report as a page of the documentation."""

import os
import platform
from typing import Any

from bench.soak.counting import Count

HEAD = """# The soak

`make soak` sends thousands of messages to fictional agencies while things go wrong, and then counts at the
agencies' own ledgers. It binds to loopback only, stops by itself, and ends with 0 only where nothing was lost
and nothing was done twice. `.venv/bin/python -m bench.soak --help` lists what can be changed; a small version
is part of the test suite.

Each case tells four agencies twenty things. The agencies are of the three kinds that a
[connection](connections.md#delivery) may be: the letters office and the tax office recognise our key, the
vehicle register books twice what it is sent twice but can be asked, the notices office can do neither. A
fault is one of: out of order (nothing done); done but the answer lost; done but the answer malformed, against
the contract or in a wrong encoding; done after we gave up waiting. A worker is ended by SIGKILL at a random
moment, whatever its threads are at. An officer looks into the agency's books for each exchange that goes to a
person, and settles it or sends it again.
"""


def written(count: Count, settings: dict[str, Any]) -> str:
    """The report in Markdown."""
    rows = [
        ("Deliveries (effects that must happen once)", count.deliveries),
        ("Exchanges in the log", count.exchanges),
        ("Messages that the agencies received", count.messages),
        ("Messages that met a fault", f"{count.faults} (asked for: {settings['faults']:.0%})"),
        ("Workers ended by SIGKILL", count.workers_killed),
        ("Outage of the vehicle register", f"{count.outage_seconds:g} s"),
        ("Exchanges left unknown by a kill", count.unknown),
        ("Deliveries that went to a person", count.to_a_person),
        ("… of which the agency had it: settled", count.person_settled),
        ("… of which it had not: sent again", count.person_sent_again),
        ("Deliveries that stopped for another reason", count.stopped),
        ("Cases left open", count.cases_open),
        ("**Lost**", f"**{len(count.lost)}**"),
        ("**Done twice**", f"**{len(count.doubled)}**"),
        ("Wall time", f"{count.seconds:g} s"),
    ]
    machine = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors"
    lines = [HEAD, "## The last run", "", f"{machine}; two workers of twelve threads.", ""]
    lines += ["| Figure | Value |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows), ""]
    lines += [
        "| Agency | Kind | Deliveries | Messages | Faults | Effects | Lost | Done twice |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for key, row in sorted(count.by_agency.items()):
        names = ("kind", "deliveries", "messages", "faults", "effects", "lost", "doubled")
        lines.append(f"| `{key}` | " + " | ".join(str(row[name]) for name in names) + " |")
    return "\n".join(lines) + "\n"
