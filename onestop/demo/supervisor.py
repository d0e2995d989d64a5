"""`onestop demo`: prepare the databases, start everything, print where it is, stop it all on Ctrl-C."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from onestop.demo import plan, table
from onestop.demo.children import Child, stop_all
from onestop.lib.env import SettingError

READY_SECONDS = 30.0
STEADY_SECONDS = 5.0  # a program that ends sooner than this after its start is broken, not unlucky


class DemoError(Exception):
    """The demo cannot run; the message says what to do."""


class _Stop(Exception):
    pass


def say(line: str) -> None:
    """Print one line of progress at once."""
    print(line, flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stop


def refuse_taken_ports(ports: plan.Ports) -> None:
    """Raise DemoError naming every port that another process holds and the setting that moves it."""
    taken = []
    for purpose, (setting, port) in ports.listed().items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                taken.append(f"  port {port} for the {purpose} is taken; choose another with {setting}=…")
    if taken:
        raise DemoError("The demo cannot start:\n" + "\n".join(taken))


def prepare(shared: dict[str, str]) -> None:
    """Migrate and seed both databases side by side; raises DemoError with what the failing one said."""
    running = {
        role: subprocess.Popen(  # noqa: S603 - our own command
            plan.onestop("seed"),
            env=plan.as_role(role, shared),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for role in ("eid", "portal")
    }
    for role, process in running.items():
        assert process.stdout is not None  # noqa: S101 - PIPE was asked for
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip())
            say(f"[{role:>8}] {line.rstrip()}")
        if process.wait() != 0:
            raise DemoError(f"Preparing the database of the {role} failed; the lines above say why.")


def answers(url: str) -> bool:
    """True when the address gives any answer that is not a server error."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def wait_until_ready(children: list[Child]) -> None:
    """Return once all answer; raises DemoError for one that ended or stays silent."""
    deadline = time.monotonic() + READY_SECONDS
    waiting = [child for child in children if child.program.ready]
    while waiting:
        for child in children:
            if child.exit_code is not None:
                raise DemoError(f"{child.program.name} ended at once and said:\n{child.last_lines()}")
        waiting = [child for child in waiting if not answers(child.program.ready)]
        if waiting and time.monotonic() > deadline:
            names = ", ".join(child.program.name for child in waiting)
            raise DemoError(
                f"No answer within {READY_SECONDS:.0f} s from: {names}. Logs: {children[0].log_path.parent}"
            )
        time.sleep(0.05)


def watch(children: list[Child], log_folder: Path) -> None:
    """Keep everything running: a program that ends is started again, and the person is told."""
    while True:
        time.sleep(0.3)
        for place, child in enumerate(children):
            if child.exit_code is None:
                continue
            name = child.program.name
            if time.monotonic() - child.started_at < STEADY_SECONDS:
                raise DemoError(
                    f"{name} keeps ending (exit code {child.exit_code}). It said:\n{child.last_lines()}"
                )
            say(f"[{name:>8}] ended with exit code {child.exit_code}; starting it again")
            children[place] = Child(child.program, log_folder)


def run() -> None:
    """Run the demo until it is told to stop."""
    started = time.monotonic()
    ports = plan.Ports.from_environment()
    refuse_taken_ports(ports)
    folder = plan.data_dir()
    log_folder = folder / "log"
    log_folder.mkdir(parents=True, exist_ok=True)
    shared = plan.environment(ports, folder)
    prepare(shared)
    children: list[Child] = []
    try:
        children += [Child(program, log_folder) for program in plan.programs(ports, shared)]
        wait_until_ready(children)
        say(table.render(ports, log_folder, time.monotonic() - started))
        watch(children, log_folder)
    finally:
        stop_all(children)


def run_beside(command: list[str]) -> int:
    """Run a command of `onestop` with the environment of the demo's portal; return its exit code."""
    ports, folder = plan.Ports.from_environment(), plan.data_dir()
    if not (folder / plan.SECRETS).exists():
        print(f"There is no demo in {folder}: start it once with onestop demo", file=sys.stderr)
        return 2
    environment = plan.as_role("portal", plan.environment(ports, folder))
    ran = subprocess.run(plan.onestop(*command), env=environment, check=False)  # noqa: S603 - our own command
    return ran.returncode


def main(arguments: list[str]) -> int:
    """Start the demo, or run one command of `onestop` as the demo's portal would; returns the exit code."""
    if arguments[:1] == ["run"] and arguments[1:]:
        return run_beside(arguments[1:])
    if arguments:
        print("usage: onestop demo                start everything; ports and data folder: see docs/run.md")
        print("       onestop demo run COMMAND    run a command with the demo's data and secrets")
        return 2
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    try:
        run()
    except _Stop:
        say("\nStopped.")
        return 0
    except (DemoError, SettingError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
