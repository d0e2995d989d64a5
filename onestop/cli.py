"""The command line `onestop`: one line a command, each a dotted path to a function of its arguments.

Anything not listed here is handed to Django (`onestop migrate`, `onestop check`, `onestop shell`).
"""

import os
import sys
from importlib import import_module

# name -> (dotted path of a function(list of arguments) -> exit code, one line of help, wants Django set up)
COMMANDS: dict[str, tuple[str, str, bool]] = {
    "adapter": ("adapters.onboarding.adapter_cli:main", "make, verify and load connections", True),
    "audit": ("identity.record.cli:main", "verify and seal the record of who did what", True),
    "contract": ("adapters.contracts.cli:main", "read a contract, print samples of its messages", False),
    "decision": ("workflows.decisions.cli:main", "check, run, import and export decision tables", False),
    "demo": ("onestop.demo.supervisor:main", "start everything on loopback with test people", False),
    "exchange": ("adapters.regression.cli:main", "list exchanges, make regression tests of them", True),
    "connection": ("workflows.health.cli:main", "look at connections and say how they are", True),
    "keys": ("identity.provider.cli:main", "rotate the e-ID's signing keys, encrypt a database anew", True),
    "mapping": ("adapters.onboarding.mapping_cli:main", "propose a mapping, or check one", True),
    "security": ("onestop.security.scoreboard:main", "say which attacks are refused", False),
    "seed": ("onestop.demo.seed:main", "fill this role's database with the demo world", True),
    "service": (
        "workflows.service_cli:main",
        "check definitions, rehearse and draw them, re-run scenarios",
        True,
    ),
    "worker": ("workflows.worker:main", "run due steps of cases until stopped", True),
    "sandbox": ("adapters.sandbox.cli:main", "run or switch the fictional agencies", False),
    "simulate": ("adapters.simulator.cli:main", "serve a contract before the agency is ready", False),
    "standard": ("adapters.standard.cli:main", "export the common data standard", False),
}


def main() -> int:
    """Run the command named by the first argument; return its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
    name, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if name in {"", "-h", "--help"}:
        print("usage: onestop COMMAND [ARGUMENTS]\n")
        for command, (_, line, _) in sorted(COMMANDS.items()):
            print(f"  {command:<10} {line}")
        print("\nEvery command of Django works too: onestop migrate, onestop check, onestop shell …")
        return 0
    if name not in COMMANDS:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
        return 0
    try:
        return _run(name, arguments)
    except BrokenPipeError:  # whoever read what it prints has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(name: str, arguments: list[str]) -> int:
    path, _, wants_django = COMMANDS[name]
    if wants_django:
        import django

        django.setup()
    module, function = path.split(":")
    result: int = getattr(import_module(module), function)(arguments)
    return result
