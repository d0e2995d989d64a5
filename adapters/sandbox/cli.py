"""`onestop sandbox serve` runs the agencies; `onestop sandbox switch vdr down` switches one of them."""

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import requests

from adapters.contracts.violation import ContractUnreadable
from adapters.errors import Misconfigured
from adapters.sandbox.post import DOOR, PAGE, PeoplesPost
from adapters.sandbox.running import AGENCIES, Sandbox, environment_settings
from adapters.sandbox.settings import OFFSETS
from adapters.simulator.control import Switchboard
from adapters.simulator.owed import Later
from adapters.simulator.pins import ScriptWrong
from adapters.simulator.record_files import NoAcknowledgement
from adapters.simulator.server import PortTaken
from adapters.simulator.settings import Pace
from adapters.simulator.simulated import NotSimulated
from onestop.lib import env


def main(argv: list[str]) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(argv)
    command: int = options.run(options)
    return command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop sandbox", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    base_port = env.whole("ONESTOP_SANDBOX_PORT", 8100, low=1)
    data = Path(env.text("ONESTOP_DATA_DIR", "var")) / "sandbox"
    portal = env.text("ONESTOP_PORTAL_URL", "http://127.0.0.1:8000")

    serve = commands.add_parser("serve", help="run the agencies and the switchboard")
    serve.add_argument("--base-port", type=int, default=base_port, help="the switchboard's; agencies follow")
    serve.add_argument("--data-dir", type=Path, default=data, help="where the agencies keep their records")
    serve.add_argument("--portal", default=portal, help="the portal that NPR calls back")
    serve.add_argument("--batch-seconds", type=float, default=Pace().batch, help="SIA: between two runs")
    serve.add_argument(
        "--decide-seconds", type=float, default=Pace().decide, help="NPR and TAX: until decided"
    )
    named = env.text("ONESTOP_SANDBOX_SIMULATED", "")
    serve.add_argument(
        "--simulate", default=named, metavar="KEY,KEY", help="agencies made from their contract alone"
    )
    scripts = env.text("ONESTOP_SANDBOX_SCRIPTS", "")
    serve.add_argument(
        "--scripts", type=Path, default=Path(scripts) if scripts else None, help="a folder with KEY.toml each"
    )
    later = env.text("ONESTOP_SANDBOX_LATER", Later.ACCEPTED)
    serve.add_argument(
        "--later",
        type=Later,
        choices=tuple(Later),
        default=later,
        help="what simulated ones say later",
    )
    serve.set_defaults(run=_serve)

    switch = commands.add_parser("switch", help="switch an agency that runs")
    switch.add_argument("agency", choices=sorted(AGENCIES))
    switch.add_argument("settings", nargs="+", metavar="up|down|reset|NAME=VALUE", help="e.g. latency_ms=500")
    switch.add_argument("--base-port", type=int, default=base_port)
    switch.set_defaults(run=_switch)
    act = commands.add_parser("act", help="make an agency do something by itself")
    act.add_argument("agency", choices=sorted(key for key, one in AGENCIES.items() if one.actions))
    act.add_argument("action", help="e.g. birth")
    act.add_argument("--base-port", type=int, default=base_port)
    act.set_defaults(run=_act)
    return parser


def _serve(options: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # a session that breaks off is no news here
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    pace = Pace(decide=options.decide_seconds, book=options.decide_seconds, batch=options.batch_seconds)
    settings = environment_settings(options.portal, options.data_dir, pace)
    ports = {key: options.base_port + OFFSETS[key] for key in AGENCIES}
    simulated = [key.strip() for key in options.simulate.split(",") if key.strip()]
    unknown = set(simulated) - set(AGENCIES)
    if unknown:
        print(
            f"there is no agency {', '.join(sorted(unknown))}; there are {', '.join(AGENCIES)}",
            file=sys.stderr,
        )
        return 2
    try:
        sandbox = Sandbox(
            settings, ports=ports, simulated=simulated, scripts=options.scripts, later=options.later
        )
    except (ContractUnreadable, Misconfigured, NotSimulated, NoAcknowledgement, ScriptWrong) as error:
        print(error, file=sys.stderr)
        return 2
    board = Switchboard(sandbox, options.base_port)
    post = PeoplesPost(options.data_dir, options.base_port + PAGE, options.base_port + DOOR)
    try:
        board.start()
        sandbox.start()
        post.start()
    except PortTaken as error:
        board.stop()
        sandbox.stop()
        print(f"{error}; end it, or choose others with --base-port", file=sys.stderr)
        return 1
    print(f"switchboard  {board.url}/", flush=True)
    for key, url in sandbox.urls().items():
        print(f"{key:<12} {url}", flush=True)
    print(f"{'mail':<12} {post.url}/", flush=True)
    ended.wait()
    board.stop()
    sandbox.stop()
    post.stop()
    return 0


def _wanted(words: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for word in words:
        name, _, text = word.partition("=")
        if word in {"up", "down"}:
            values["down"] = word == "down"
        elif text.isdecimal():
            values[name] = int(text)
        else:
            values[name] = text.lower() in {"", "on", "true", "yes"}
    return values


def _act(options: argparse.Namespace) -> int:
    """Make an agency do something by itself."""
    address = f"http://127.0.0.1:{options.base_port}/agencies/{options.agency}/actions/{options.action}"
    with requests.Session() as session:
        session.trust_env = False
        try:
            reply = session.post(address, json={}, timeout=5)
            told = reply.json()
        except (requests.RequestException, ValueError) as error:
            print(f"no switchboard answers on port {options.base_port}: {error}", file=sys.stderr)
            return 1
    print(f"{options.agency}: {options.action}" if reply.ok else told["error"])
    return 0 if reply.ok else 2


def _switch(options: argparse.Namespace) -> int:
    address = f"http://127.0.0.1:{options.base_port}/agencies/{options.agency}"
    with requests.Session() as session:
        session.trust_env = False
        try:
            if options.settings == ["reset"]:
                reply = session.delete(address, timeout=5)
            else:
                reply = session.post(address, json=_wanted(options.settings), timeout=5)
            state = reply.json()
        except (requests.RequestException, ValueError) as error:
            print(f"no switchboard answers on port {options.base_port}: {error}", file=sys.stderr)
            return 1
    if not reply.ok:
        print(state["error"], file=sys.stderr)
        return 2
    on = ", ".join(f"{name}={value}" for name, value in state["switches"].items() if value) or "all in order"
    print(f"{state['key']}: {on}")
    return 0
