"""A simulated agency on a free port, and the lines it printed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.samples.source import read
from adapters.simulator import generated, pins
from adapters.simulator.building import service_of
from adapters.simulator.simulated import SimulatedAgency


class Simulated:
    """One running simulation."""

    def __init__(self, agency: SimulatedAgency, lines: list[str]) -> None:
        self.agency = agency
        self.lines = lines
        self.url = agency.url


@pytest.fixture
def simulate(tmp_path: Path) -> Iterator[Callable[..., Simulated]]:
    running: list[SimulatedAgency] = []

    def start(source: Path, rules: str = "", **options: Any) -> Simulated:
        path = tmp_path / "script.toml"
        path.write_text(rules)
        lines: list[str] = []
        contract = read(source)
        made = generated.script(contract, pins.read(path), options.pop("seed", 0))
        agency = SimulatedAgency(service_of(contract), made, say=lines.append, **options)
        agency.start()
        running.append(agency)
        return Simulated(agency, lines)

    yield start
    for agency in running:
        agency.stop()
