"""What the demo starts, on which ports, with which environment.

Ports come from the environment (``ONESTOP_PORTAL_PORT``, ``ONESTOP_EID_PORT``, ``ONESTOP_SANDBOX_PORT``);
the agencies and the mail servers take ports up to seventeen above the last one. Secrets are drawn once and
kept, readable by the owner alone, in the data folder: the demo has no password written in its source.
"""

import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from onestop.lib import env

ROOT = Path(__file__).resolve().parent.parent.parent
SECRETS = "secrets.json"  # in the data folder
SECRET_NAMES = (
    "ONESTOP_SECRET_KEY",
    "ONESTOP_EID_SECRET_KEY",
    "ONESTOP_SEALING_KEYS",
    "ONESTOP_INDEX_KEY",
    "ONESTOP_RECORD_SECRET",
    "ONESTOP_EID_CLIENT_SECRET",
    "ONESTOP_SANDBOX_SECRET",
)


AGENCIES = {  # their ports above the switchboard's, as `onestop sandbox serve` takes them
    **{"NPR": 1, "TAX": 2, "VDR": 3, "LAA": 4, "SIA": 5},
    **{"BRG": 6, "PEN": 7, "HOS": 8, "Eastholm": 9, "Vestvik": 10, "Norrby": 11, "Borealia": 12},
}
MAILBOX = 14  # where Vestvik's answers lie
POST, POST_DOOR = 16, 17  # the page of people's mail, and where the portal hands it in


@dataclass(frozen=True, slots=True)
class Ports:
    """The loopback ports of one demo."""

    portal: int
    eid: int
    sandbox: int  # the switchboard; the agencies follow

    @classmethod
    def from_environment(cls) -> "Ports":
        """Read the ports; raises SettingError."""
        return cls(
            portal=env.whole("ONESTOP_PORTAL_PORT", 8000, low=1),
            eid=env.whole("ONESTOP_EID_PORT", 8001, low=1),
            sandbox=env.whole("ONESTOP_SANDBOX_PORT", 8100, low=1),
        )

    def listed(self) -> dict[str, tuple[str, int]]:
        """Map each port's purpose to its setting and number."""
        named = {
            "portal": ("ONESTOP_PORTAL_PORT", self.portal),
            "e-ID provider": ("ONESTOP_EID_PORT", self.eid),
            "switchboard": ("ONESTOP_SANDBOX_PORT", self.sandbox),
        }
        for agency, offset in AGENCIES.items():
            named[f"agency {agency}"] = ("ONESTOP_SANDBOX_PORT", self.sandbox + offset)
        named["mailbox of Vestvik's answers"] = ("ONESTOP_SANDBOX_PORT", self.sandbox + MAILBOX)
        named["people's mail"] = ("ONESTOP_SANDBOX_PORT", self.sandbox + POST)
        named["mail server"] = ("ONESTOP_SANDBOX_PORT", self.sandbox + POST_DOOR)
        return named


@dataclass(frozen=True, slots=True)
class Program:
    """One process of the demo."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    ready: str = ""  # address that answers once it is up; "" where there is none


def data_dir() -> Path:
    """The folder of the demo's databases, logs and secrets."""
    return Path(env.text("ONESTOP_DATA_DIR", str(ROOT / "var")))


def load_secrets(folder: Path) -> dict[str, str]:
    """Return the demo's secrets, drawing and storing those that are not there yet."""
    path = folder / SECRETS
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in SECRET_NAMES if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(32) for name in missing}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(known, file, indent=1)
    return known


def environment(ports: Ports, folder: Path) -> dict[str, str]:
    """The environment that every process of the demo shares."""
    return {
        **load_secrets(folder),
        "ONESTOP_RETRY_LONGEST_SECONDS": "8",  # who switches an agency on again should not wait long
        "ONESTOP_SMTP_PORT": str(ports.sandbox + POST_DOOR),
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "ONESTOP_DEMO": "1",
        "ONESTOP_DATA_DIR": str(folder),
        "ONESTOP_PORTAL_URL": f"http://127.0.0.1:{ports.portal}",
        # A name and not a number: browsers bind passkeys to names, and keep its cookies from the portal's.
        "ONESTOP_EID_URL": f"http://localhost:{ports.eid}",
        "ONESTOP_SANDBOX_PORT": str(ports.sandbox),
        "DJANGO_SETTINGS_MODULE": "onestop.settings",
    }


def as_role(role: str, shared: dict[str, str]) -> dict[str, str]:
    """The environment of one role; the provider signs its cookies with a key of its own."""
    if role == "portal":
        return {**shared, "ONESTOP_ROLE": "portal"}
    return {**shared, "ONESTOP_ROLE": "eid", "ONESTOP_SECRET_KEY": shared["ONESTOP_EID_SECRET_KEY"]}


def onestop(*arguments: str) -> tuple[str, ...]:
    """The command line of `onestop` in this environment."""
    return (sys.executable, "-m", "onestop", *arguments)


def _web(role: str, port: int, shared: dict[str, str]) -> Program:
    command = (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
        *("--port", str(port), "--workers", "1", "--blocking-threads", "8", "--no-ws"),
        *("--log-level", "warning", "onestop.wsgi:application"),
    )
    path = "/api/v1/health" if role == "portal" else "/.well-known/openid-configuration"
    return Program(role, command, as_role(role, shared), f"http://127.0.0.1:{port}{path}")


def programs(ports: Ports, shared: dict[str, str]) -> list[Program]:
    """The long-running processes, in the order they are shown."""
    sandbox = onestop(
        "sandbox", "serve", "--base-port", str(ports.sandbox), "--portal", shared["ONESTOP_PORTAL_URL"]
    )
    return [
        Program("agencies", sandbox, shared, f"http://127.0.0.1:{ports.sandbox}/agencies"),
        _web("eid", ports.eid, shared),
        _web("portal", ports.portal, shared),
        Program("worker", onestop("worker"), as_role("portal", shared)),
    ]
