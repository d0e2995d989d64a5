"""The demo's table: every address stands apart from its note, and no line is wider than a terminal."""

from pathlib import Path

from onestop.demo import table
from onestop.demo.plan import Ports


def test_addresses_and_notes_stand_apart() -> None:
    lines = table.render(Ports(58000, 58001, 58100), Path("var/log"), 4.8).splitlines()
    assert all(len(line) <= 100 for line in lines)
    addresses = [line for line in lines if "http://" in line]
    assert len(addresses) == 6
    assert all("  " in line[line.index("http://") :] for line in addresses)
