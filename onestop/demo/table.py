"""The table that `make demo` prints: where everything is and who can sign in."""

from pathlib import Path

from onestop.demo.plan import POST, Ports
from onestop.lib import aurelia

LINE = "─" * 100


def _places(ports: Ports) -> list[tuple[str, str, str]]:
    local = "http://127.0.0.1"
    return [
        ("Portal", f"{local}:{ports.portal}/", "start here: Moving house"),
        ("e-ID provider", f"http://localhost:{ports.eid}/", "signs the test people in"),
        ("Agencies", f"{local}:{ports.sandbox}/", "switch an agency off and on again"),
        ("E-mail", f"{local}:{ports.sandbox + POST}/", "what people are sent"),
        ("Staff", f"{local}:{ports.portal}/agency/", "tasks and exchanges, for staff"),
        ("API", f"{local}:{ports.portal}/api/v1/openapi.json", "what agencies call"),
    ]


def _people() -> list[tuple[str, str, str]]:
    citizens = [
        (f"{person['givenName']} {person['familyName']}", person["highestLevel"], person["story"])
        for person in aurelia.people()
    ]
    staff = [
        (f"{member['givenName']} {member['familyName']}", "staff", _roles(member["roles"]))
        for member in aurelia.staff()
    ]
    return [*citizens[:8], *staff]


def _roles(roles: list[aurelia.Role]) -> str:
    return ", ".join(f"{role['role']} {role['unit'].upper()}".strip() for role in roles)


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def render(ports: Ports, log_folder: Path, seconds: float) -> str:
    """Return the table as text of at most 100 columns."""
    rows = [LINE, f" OneStop is running (ready in {seconds:.1f} s). Ctrl-C stops everything.", LINE]
    rows += [f" {name:<15}{address:<46}{note}" for name, address, note in _places(ports)]
    rows += [LINE, " Test people (all invented; no password, choose a name at the e-ID):"]
    rows += [
        f"  {_shortened(name, 30):<31}{level:<13}{_shortened(story, 53)}" for name, level, story in _people()
    ]
    return "\n".join([*rows, LINE, f" Logs: {log_folder}"])
