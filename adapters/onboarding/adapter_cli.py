"""The command `onestop adapter`: make a connection from a contract, verify it, load it, give it its
credentials, call it."""

import argparse
import json
import sys
import uuid
from dataclasses import asdict, replace
from pathlib import Path

from django.conf import settings

from adapters import exchange, registry, seed
from adapters.conformance.verdicts import NO
from adapters.connection_spec import ConnectionSpec, from_folder
from adapters.contracts.violation import ContractUnreadable
from adapters.errors import AdapterError, Misconfigured
from adapters.onboarding import credentials, new, verify
from adapters.onboarding.sampling import Connection
from adapters.ports import JSON, Accepted, Context, Pending
from adapters.simulator.simulated import NotSimulated


def main(argv: list[str]) -> int:
    """0 when done and all verified, 1 when a check says no, 2 when the input cannot be used."""
    options = _parser().parse_args(argv)
    try:
        code: int = options.run(options)
        return code
    except (new.NotMade, ContractUnreadable, AdapterError, NotSimulated, credentials.Unusable) as error:
        print(error, file=sys.stderr)
        return 2


def find(name: str) -> ConnectionSpec:
    """A connection by its folder's path or its key; raises Misconfigured."""
    folder = Path(name)
    return from_folder(
        folder.resolve() if (folder / "connection.toml").is_file() else registry.folder_of(name)
    )


def _new(options: argparse.Namespace) -> int:
    made = new.make(options.name, options.source, options.operation, options.dir, options.root)
    print(f"made {made.folder} ({made.kind}): {', '.join(made.operations)}")
    for line in made.open_rules:
        print(f"  to do: {line}")
    print(f"next: edit {made.folder / 'mapping.toml'}, then `onestop mapping check {made.folder}`")
    return 0


def _verify(options: argparse.Namespace) -> int:
    spec = find(options.connection)
    if options.against:
        found = verify.against(replace(spec, credentials=credentials.kept(spec.key)), options.against)
    else:
        found = verify.simulated(spec)
    if options.json:
        print(verify.as_json(found))
    else:
        print(verify.as_text(found))
    return 1 if any(one.verdict == NO for one in found) else 0


def _load(options: argparse.Namespace) -> int:
    """The demo's agencies answer where the demo's ports say, not where their files do."""
    addresses = seed.base_urls() if settings.DEMO else {}
    for row in registry.load_all(addresses, only=options.connection):
        print(f"loaded {row.key} ({row.kind}) {row.base_url}")
        if lacking := credentials.missing(registry.spec(row)):
            print(f"  to do: `onestop adapter credentials {row.key} FILE`, it lacks {', '.join(lacking)}")
    return 0


def _credentials(options: argparse.Namespace) -> int:
    if options.file:
        credentials.seal(options.connection, credentials.read(options.file))
    names = ", ".join(sorted(credentials.kept(options.connection)))
    print(f"{options.connection} has {names or 'no credentials'}")
    if lacking := credentials.missing(registry.spec(credentials.row_of(options.connection))):
        print(f"it lacks {', '.join(lacking)}")
    return 1 if lacking else 0


def _call(options: argparse.Namespace) -> int:
    """Carry out one operation for real, by the exchange and its log."""
    if options.value:
        try:
            value = json.loads(options.value.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else f"is not JSON: {error}"
            print(f"{options.value}: {reason}; --print shows a value to begin with", file=sys.stderr)
            return 2
    else:
        value = _sample(options)
    if options.print:
        print(json.dumps(value, indent=2, ensure_ascii=False))
        return 0
    key = uuid.uuid4().hex
    context = Context(f"call-{key}", key, actor="integrator", purpose="tried by hand")
    result = exchange.perform(options.connection, options.operation, value, context)
    print(type(result).__name__)
    print(json.dumps(asdict(result), indent=2, ensure_ascii=False, default=str))
    return 0 if isinstance(result, Accepted | Pending) else 1


def _sample(options: argparse.Namespace) -> JSON:
    """The value of ``samples.json``, or one made from the contract; raises Misconfigured."""
    connection = Connection(find(options.connection))
    plan = connection.plans.get(options.operation)
    if plan is None:
        known = ", ".join(connection.plans)
        raise Misconfigured(
            options.connection, f"mapping.toml has no operation {options.operation!r}; it has {known}"
        )
    if options.full or options.seed:
        return connection.value(plan, full=options.full, seed=options.seed)
    return connection.values()[options.operation]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop adapter", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    making = commands.add_parser("new", help="make a connection's folder from a contract")
    making.add_argument("name", help="the connection's key: small letters, digits, - and _")
    making.add_argument(
        "--from", dest="source", type=Path, required=True, metavar="SOURCE", help="the contract"
    )
    making.add_argument("--operation", action="append", default=[], help="only this one; may be repeated")
    making.add_argument("--dir", type=Path, default=Path(), help="where the folder is made (here)")
    making.add_argument("--root", type=Path, help="the folder that holds all files of the contract")
    making.set_defaults(run=_new)
    verifying = commands.add_parser("verify", help="run the conformance checks")
    verifying.add_argument("connection", help="a connection's key or folder")
    verifying.add_argument(
        "--against", metavar="URL", default="", help="a real test system: harmless checks only"
    )
    verifying.add_argument("--json", action="store_true")
    verifying.set_defaults(run=_verify)
    calling = commands.add_parser("call", help="carry out one operation of a loaded connection")
    calling.add_argument("connection", help="a connection's key")
    calling.add_argument("operation")
    calling.add_argument(
        "--value", type=Path, help="a JSON file with the canonical value; without it a sample is made"
    )
    calling.add_argument("--full", action="store_true", help="a sample with all that the contract allows")
    calling.add_argument("--seed", type=int, default=0, help="another number, another sample")
    calling.add_argument("--print", action="store_true", help="print the value and send nothing")
    calling.set_defaults(run=_call)
    loading = commands.add_parser("load", help="insert or update connections in the database")
    loading.add_argument("connection", nargs="*", help="a connection's key; without one, all")
    loading.set_defaults(run=_load)
    keeping = commands.add_parser("credentials", help="seal a loaded connection's credentials, or name them")
    keeping.add_argument("connection", help="a connection's key")
    keeping.add_argument(
        "file", nargs="?", type=Path, help="TOML (/dev/stdin: what is piped); without it they are only named"
    )
    keeping.set_defaults(run=_credentials)
    return parser
