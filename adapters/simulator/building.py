"""A simulated agency from a contract, or from a connection's folder, which says more."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.connection_spec import ConnectionSpec, from_folder
from adapters.contracts.violation import ContractUnreadable
from adapters.mapping.load import mapping
from adapters.samples.source import RecordSource, RestSource, SoapSource, Source, XmlSource, read
from adapters.simulator import generated, security_server, tls
from adapters.simulator.agency import Agency
from adapters.simulator.answering import Service
from adapters.simulator.doorkeeper import Doorkeeper
from adapters.simulator.identities import Identity, kept
from adapters.simulator.message_security import MessageSecurity, message_security
from adapters.simulator.owed import Later
from adapters.simulator.pins import Pins
from adapters.simulator.promises import REJECTED, answering, known_words, promises
from adapters.simulator.record_files import SimulatedFiles
from adapters.simulator.rest import RestService
from adapters.simulator.settings import CLIENT_NAME, Settings
from adapters.simulator.simulated import NotSimulated, SimulatedAgency
from adapters.simulator.simulated_mail import SimulatedMail
from adapters.simulator.soap import SoapService
from adapters.simulator.xml import XmlService

FILE = "connection.toml"


@dataclass(frozen=True, slots=True)
class Options:
    """How a simulated agency runs. ``fail_percent`` is for contracts over HTTP."""

    pins: Pins = field(default_factory=lambda: Pins([]))
    port: int = 0
    fail_percent: float = 0
    seed: int = 0
    say: Callable[[str], None] = lambda line: None
    key_kinds: Mapping[str, str] = field(default_factory=dict)  # by name: ec or rsa; else rsa
    later: Later = Later.ACCEPTED  # what becomes of what is decided later


def from_contract(path: Path, settings: Settings, options: Options, root: Path | None = None) -> Agency:
    """From a file; raises ContractUnreadable, NotSimulated or NoAcknowledgement."""
    source = read(path, root)
    return _agency("simulated", f"Simulated from {path.name}", source, {}, None, settings, options)


def from_connection(folder: Path, settings: Settings, options: Options) -> Agency:
    """From a connection's folder: its contract, and what connection.toml says of security and tokens.

    Keys and certificates are those of ``settings.data_dir``, the agency's under the folder's name. Raises
    ContractUnreadable, Misconfigured, NotSimulated or NoAcknowledgement.
    """
    try:
        table = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ContractUnreadable(f"{folder.name}/{FILE}", str(error)) from error
    kind, contract = str(table.get("kind", "")), str(table.get("contract", ""))
    if kind == "email":
        return _mail(from_folder(folder), settings, options)
    if kind not in {"soap", "rest", "xmlhttp", "records", "xroad"} or not contract:
        raise NotSimulated(f"{folder.name} is a connection of the kind {kind}: there is no contract to serve")
    title = f"{table.get('name', folder.name)} (simulated)"
    spec = from_folder(folder)
    return _agency(folder.name, title, read(folder / contract), table, spec, settings, options)


def _agency(
    key: str,
    title: str,
    source: Source,
    table: dict[str, Any],
    spec: ConnectionSpec | None,
    settings: Settings,
    options: Options,
) -> Agency:
    if isinstance(source, RecordSource):
        if options.fail_percent:
            raise NotSimulated("--fail is for contracts over HTTP; spoil files at the switchboard")
        return SimulatedFiles(
            source,
            options.pins,
            settings,
            key=key,
            title=title,
            port=options.port,
            seed=options.seed,
            say=options.say,
        )
    agency = SimulatedAgency(
        service_of(
            source, _security(key, table, settings, options.key_kinds), mtom=bool(table.get("mtom", False))
        ),
        generated.script(source, options.pins, options.seed),
        settings,
        key=key,
        title=title,
        port=options.port,
        fail_percent=options.fail_percent,
        seed=options.seed,
        say=options.say,
    )
    if spec is not None:
        authentication = spec.option("authentication", "none")
        known = _known(key, authentication, settings, options.key_kinds)
        agency.keeper = Doorkeeper(authentication, known)
        if spec.base_url.startswith("https:"):
            clients = bool(table.get("tls", {}).get("client", False))
            agency.secure(tls.server_context(key, settings.data_dir, clients=clients))
        if spec.kind == "xroad":
            agency.stand_behind(security_server.front(spec.option("xroad")))
        _follow(agency, spec, options)
    return agency


def _mail(spec: ConnectionSpec, settings: Settings, options: Options) -> Agency:
    return SimulatedMail(
        spec,
        settings,
        options.pins,
        port=options.port,
        fail_percent=options.fail_percent,
        seed=options.seed,
        say=options.say,
        later=options.later,
    )


def _known(key: str, authentication: Any, settings: Settings, kinds: Mapping[str, str]) -> Mapping[str, str]:
    """What the portal proves itself by at a simulated agency: one name, one secret, keys of its own."""
    name = f"{CLIENT_NAME}-{key}"
    algorithm = str(authentication.get("algorithm", "ES256")) if isinstance(authentication, dict) else ""
    own = _kept(name, {name: "ec" if algorithm.startswith("ES") else "rsa", **kinds}, settings.data_dir)
    names = dict.fromkeys(("username", "client_id", "key_id"), CLIENT_NAME)
    shared = ("password", "client_secret", "hmac_secret", "token", "api_key")
    return {
        **names,
        **dict.fromkeys(shared, settings.secret),
        "assertion_key": own.key,
        "signing_key": own.key,
    }


def _follow(agency: SimulatedAgency, spec: ConnectionSpec, options: Options) -> None:
    """Say what the mapping has words for, and answer later what it waits for; raises Misconfigured."""
    book, plans, _ = mapping(spec)
    agency.script.words = known_words(book, plans)
    agency.script.elements = answering(plans)
    by, promised = promises(spec.key, book, plans, spec.option("later", {}))
    if options.later is Later.REJECTED:
        unsaid = [one.name for one in promised.values() if not one.endings[REJECTED].words]
        if unsaid:
            raise NotSimulated(f"mapping.toml does not say how {spec.key} rejects {', '.join(unsaid)} later")
    if promised:
        agency.owe(promised, by, options.later)


def service_of(source: Source, security: MessageSecurity | None = None, *, mtom: bool = False) -> Service:
    """A contract over HTTP, served; ``security`` and ``mtom`` are for SOAP. Raises NotSimulated."""
    if isinstance(source, SoapSource):
        return SoapService(source, security=security, mtom=mtom)
    if isinstance(source, XmlSource):
        return XmlService(source)
    if isinstance(source, RestSource):
        return RestService(source)
    raise NotSimulated("this kind of contract is not served")


def _security(
    key: str, table: dict[str, Any], settings: Settings, kinds: Mapping[str, str]
) -> MessageSecurity | None:
    """The agency's side of what a connection's ``[security]`` says; None where it says nothing."""
    return message_security(
        table.get("security", {}),
        own=_kept(key, kinds, settings.data_dir),
        partner=_kept(f"{CLIENT_NAME}-{key}", kinds, settings.data_dir).certificate,
        accounts={CLIENT_NAME: settings.secret},
        of=MessageSecurity,
    )


def _kept(name: str, kinds: Mapping[str, str], folder: Path | None) -> Identity:
    return kept(name, kinds.get(name, "rsa"), folder)
