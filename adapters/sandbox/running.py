"""Starting and stopping the agencies together, in one process."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.sandbox.borealia import BorealiaRegister
from adapters.sandbox.brg import BusinessRegister
from adapters.sandbox.credentials import credentials
from adapters.sandbox.eastholm import Eastholm
from adapters.sandbox.hos import Hospital
from adapters.sandbox.identities import KINDS, identity
from adapters.sandbox.laa import AddressAuthority
from adapters.sandbox.norrby import Norrby
from adapters.sandbox.npr import PopulationRegister
from adapters.sandbox.pen import PensionAgency
from adapters.sandbox.sia import SocialInsurance
from adapters.sandbox.tax import TaxOffice
from adapters.sandbox.vdr import VehicleRegister
from adapters.sandbox.vestvik import Vestvik
from adapters.simulator import pins
from adapters.simulator.agency import Agency
from adapters.simulator.building import Options, from_connection
from adapters.simulator.files import FileAgency
from adapters.simulator.owed import Later
from adapters.simulator.settings import DEVELOPMENT_SECRET, QUICK, Pace, Settings
from adapters.simulator.switches import Switches
from onestop.lib import env

CONNECTIONS = Path(__file__).parent.parent / "connections"
AGENCIES: dict[str, type[Agency]] = {
    agency.key: agency
    for agency in (
        *(PopulationRegister, TaxOffice, VehicleRegister, AddressAuthority, SocialInsurance),
        *(BusinessRegister, PensionAgency, Hospital, Eastholm, Vestvik, Norrby, BorealiaRegister),
    )
}


class Sandbox:
    """The running agencies. ``ports`` maps a key to its port; others take a free one.

    Those that are ``simulated`` are made from their contract, with the script ``key.toml`` of ``scripts`` if
    there is one; else everything optional is answered. ``later`` is what becomes of what they decide later.
    Raises Misconfigured, NotSimulated or ScriptWrong.
    """

    def __init__(
        self,
        settings: Settings,
        keys: Sequence[str] = tuple(AGENCIES),
        ports: Mapping[str, int] | None = None,
        simulated: Collection[str] = (),
        scripts: Path | None = None,
        later: Later = Later.ACCEPTED,
    ) -> None:
        if settings.data_dir is not None:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.agencies: dict[str, Agency] = {}
        for key in keys:
            port = (ports or {}).get(key, 0)
            if key in simulated:
                self.agencies[key] = from_connection(
                    CONNECTIONS / key,
                    settings,
                    Options(_pins(scripts, key), port, key_kinds=KINDS, later=later),
                )
            else:
                self.agencies[key] = AGENCIES[key](settings, port)

    def start(self) -> None:
        """Start all; raises PortTaken, and then none runs."""
        try:
            for agency in self.agencies.values():
                agency.start()
        except Exception:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all at the same time."""
        threads = [threading.Thread(target=agency.stop) for agency in self.agencies.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    @property
    def secret(self) -> str:
        """What TAX, VDR and SIA know the portal by."""
        return self.settings.secret

    def url(self, key: str) -> str:
        """Scheme, host and port of an agency."""
        return self.agencies[key].url

    def urls(self) -> dict[str, str]:
        """All addresses by key."""
        return {key: agency.url for key, agency in self.agencies.items()}

    def credentials(self) -> dict[str, dict[str, str]]:
        """What the portal needs to speak to these agencies, by key."""
        found = credentials(self.settings.secret, self.settings.data_dir)
        for key, agency in self.agencies.items():
            if isinstance(agency, FileAgency):
                found[key] = {**found["vdr"], "host_key": agency.known_host}
            if isinstance(agency, Vestvik):
                found[key] = {**found[key], "mailbox_url": agency.mailbox_url}
        return {key: known for key, known in found.items() if key in self.agencies}

    def host_key(self, key: str = "sia") -> str:
        """The host key of an agency with files as in a known_hosts file: type and base64."""
        agency = self.agencies[key]
        if not isinstance(agency, FileAgency):
            raise TypeError(f"{key} is no agency with files")
        return agency.known_host

    def switch(self, key: str, **wanted: Any) -> Switches:
        """Set switches of an agency; raises SwitchError."""
        return self.agencies[key].switch(**wanted)

    def reset(self, key: str) -> Switches:
        """All switches of an agency off."""
        return self.agencies[key].reset()

    def ledger(self, key: str) -> dict[str, Any]:
        """What an agency received and what took effect there."""
        return self.agencies[key].store.ledger()


def _pins(scripts: Path | None, key: str) -> pins.Pins:
    path = scripts / f"{key}.toml" if scripts is not None else None
    if path is not None and path.exists():
        return pins.read(path)
    return pins.Pins([pins.Pinned(full=True)])


@contextmanager
def run(
    agencies: Sequence[str] = tuple(AGENCIES),
    portal_url: str = "",
    data_dir: Path | None = None,
    pace: Pace = QUICK,
    ports: Mapping[str, int] | None = None,
    takes_unsigned: bool = False,
) -> Iterator[Sandbox]:
    """Run agencies in this process, on free ports unless told, until the block ends."""
    settings = replace(environment_settings(portal_url, data_dir, pace), takes_unsigned=takes_unsigned)
    sandbox = Sandbox(settings, agencies, ports)
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()


def environment_settings(portal_url: str, data_dir: Path | None, pace: Pace) -> Settings:
    """Settings with the secrets of the environment."""
    return Settings(
        data_dir=data_dir,
        portal_url=portal_url.rstrip("/"),
        secret=env.text("ONESTOP_SANDBOX_SECRET", DEVELOPMENT_SECRET),
        callback_key=identity("npr-at-portal", data_dir).key,
        pace=pace,
    )
