"""`onestop simulate SOURCE`: serve a contract on loopback, before the agency is ready."""

import argparse
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adapters.contracts.violation import ContractUnreadable
from adapters.errors import Misconfigured
from adapters.simulator import assertions, building, pins
from adapters.simulator.agency import Agency
from adapters.simulator.control import Switchboard
from adapters.simulator.files import FileAgency
from adapters.simulator.mail import MailAgency
from adapters.simulator.owed import Later
from adapters.simulator.record_files import NoAcknowledgement
from adapters.simulator.server import PortTaken
from adapters.simulator.settings import (
    CLIENT_NAME,
    DEVELOPMENT_SECRET,
    Pace,
    Settings,
)
from adapters.simulator.simulated import NotSimulated, Outage, keep_outages
from onestop.lib import env


@dataclass(slots=True)
class Simulation:
    """What the switchboard shows: one agency."""

    agencies: dict[str, Agency]


def main(argv: list[str]) -> int:
    """Serve until stopped; 2 where the contract or script cannot be read, 1 where a port is taken."""
    options = _parser().parse_args(argv)
    try:
        agency = build(options)
    except (ContractUnreadable, Misconfigured, pins.ScriptWrong, NotSimulated, NoAcknowledgement) as error:
        print(error, file=sys.stderr)
        return 2
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return serve(agency, options.control_port, options.outage, ended)


def serve(agency: Agency, control_port: int, outages: list[Outage], ended: threading.Event) -> int:
    """Run the agency and its switchboard until ``ended``."""
    board = Switchboard(Simulation({agency.key: agency}), control_port)
    try:
        agency.start()
        board.start()
    except PortTaken as error:
        agency.stop()
        print(f"{error}; choose another with --port or --control-port", file=sys.stderr)
        return 1
    print(f"{agency.protocol:<14} {agency.url}/", flush=True)
    if isinstance(agency, FileAgency | MailAgency):
        print(f"account        {CLIENT_NAME}, password {agency.settings.secret}")
    if isinstance(agency, FileAgency):
        print(f"host key       {agency.known_host}")
    if isinstance(agency, MailAgency):
        print(f"mailbox        {agency.mailbox_url} (the same account)")
        print(f"authority (the credential ca)\n{agency.authority}")
    print(f"switchboard    {board.url}/   (JSON: {board.url}/agencies/{agency.key})", flush=True)
    for outage in outages:
        threading.Thread(target=keep_outages, args=(agency, outage, ended, _say), daemon=True).start()
    ended.wait()
    board.stop()
    agency.stop()
    return 0


def build(options: argparse.Namespace) -> Agency:
    """The agency as the command line wants it; raises ContractUnreadable, ScriptWrong or NotSimulated."""
    secret = env.text("ONESTOP_SANDBOX_SECRET", DEVELOPMENT_SECRET)
    proof = proof_at_portal(options)
    settings = Settings(
        callback_client=proof["callback_client"],
        callback_secret=proof["callback_secret"],
        callback_key=proof["callback_key"],
        data_dir=options.data_dir,
        portal_url=options.portal.rstrip("/"),
        secret=secret,
        pace=Pace(decide=options.later_seconds, batch=options.batch_seconds),
    )
    if options.data_dir is not None:
        options.data_dir.mkdir(parents=True, exist_ok=True)
    how = building.Options(
        pins.read(options.script), options.port, options.fail, options.seed, _say, later=options.later
    )
    if options.source.is_dir():
        agency = building.from_connection(options.source, settings, how)
    else:
        agency = building.from_contract(options.source, settings, how, options.root)
    agency.panel.set({"latency_ms": options.latency})
    return agency


def proof_at_portal(options: argparse.Namespace) -> dict[str, str]:
    """How the agency proves itself when it tells: its key, its secret, or ``ONESTOP_<KEY>_CLIENT_SECRET``.

    Raises NotSimulated for a file that cannot be read or holds no key.
    """
    key = options.source.resolve().name if options.source.is_dir() else "simulated"
    secret = env.text(f"ONESTOP_{key.upper().replace('-', '_')}_CLIENT_SECRET", "")
    proof = {"callback_client": options.client_id, "callback_secret": secret, "callback_key": ""}
    try:
        if options.client_secret_file is not None:
            proof["callback_secret"] = options.client_secret_file.read_text(encoding="utf-8").strip()
        if options.client_key is not None:
            proof["callback_key"] = options.client_key.read_text(encoding="utf-8")
            assertions.signing_key(proof["callback_key"])
    except (OSError, ValueError) as error:
        raise NotSimulated(f"what the agency proves itself with cannot be read: {error}") from error
    return proof


def _say(line: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {line}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop simulate", description=__doc__)
    parser.add_argument(
        "source", type=Path, help="a WSDL, XSD, OpenAPI document or record layout, or a connection's folder"
    )
    parser.add_argument("--data-dir", type=Path, help="where keys and the ledger are kept; else in memory")
    parser.add_argument(
        "--batch-seconds", type=float, default=Pace().batch, metavar="S", help="between two runs over files"
    )
    parser.add_argument("--root", type=Path, help="the folder that holds all files of the contract")
    parser.add_argument("--port", type=int, default=0, help="where to answer; 0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0, help="where the switchboard answers")
    parser.add_argument("--latency", type=_whole, default=0, metavar="MS", help="wait before each answer")
    parser.add_argument(
        "--fail", type=_percent, default=0, metavar="PERCENT", help="share of messages that fail"
    )
    parser.add_argument(
        "--outage",
        type=Outage.parse,
        action="append",
        default=[],
        metavar="AFTER:LASTS[:EVERY]",
        help="seconds",
    )
    parser.add_argument("--seed", type=int, default=0, help="another number, other answers and failures")
    parser.add_argument(
        "--later", type=Later, choices=tuple(Later), default=Later.ACCEPTED, help="what a later answer says"
    )
    parser.add_argument(
        "--later-seconds", type=float, default=Pace().decide, metavar="S", help="until a later answer comes"
    )
    portal = env.text("ONESTOP_PORTAL_URL", "")
    parser.add_argument("--portal", default=portal, metavar="URL", help="whom later answers are told")
    parser.add_argument("--client-id", default="", metavar="NAME", help="its name there; else the folder's")
    proof = parser.add_mutually_exclusive_group()
    proof.add_argument("--client-secret-file", type=Path, metavar="FILE", help="its secret at the portal")
    proof.add_argument("--client-key", type=Path, metavar="FILE", help="its private key (PEM or JWK)")
    parser.add_argument("--script", type=Path, metavar="FILE", help="answers that are pinned, in TOML")
    return parser


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("say a whole number from 0")
    return int(text)


def _percent(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError("say a number from 0 to 100")
    return value
