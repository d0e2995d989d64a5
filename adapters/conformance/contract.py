"""The checks as a test class, for pytest or any other runner of ``test_`` methods.

A connection folder against a simulator of its contract::

    class TestVehicles(SimulatedContract):
        folder = Path(__file__).parent

An adapter of a kind of your own against a system of your own: subclass :class:`AdapterContract` and give a
:class:`~adapters.conformance.bench.Bench`. A check that does not apply passes and says so in its report.
"""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar

from adapters.conformance import checks
from adapters.conformance.bench import Bench
from adapters.conformance.checks import CHECKS
from adapters.conformance.simulated import closed, simulated, without_agency
from adapters.conformance.verdicts import NO, NONE, Seen
from adapters.connection_spec import from_folder
from adapters.simulator.simulated import NotSimulated


class AdapterContract:
    """Every check as a test, named like it."""

    @abstractmethod
    def bench(self) -> AbstractContextManager[Bench]:
        """The adapter, an agency behind it, and values; it is asked for once a check."""

    def see(self, name: str) -> Seen:
        """Run one check; raises Misconfigured, ContractUnreadable."""
        with self.bench() as one:
            return checks.run(name, one)


def _test(name: str) -> Any:
    def test(self: AdapterContract) -> None:
        seen = self.see(name)
        if seen.verdict == NO:
            raise AssertionError(seen.evidence)

    test.__doc__ = CHECKS[name].__doc__
    return test


for _name in CHECKS:
    setattr(AdapterContract, f"test_{_name.replace(' ', '_').replace('-', '_')}", _test(_name))


class SimulatedContract(AdapterContract):
    """Every check of ``onestop adapter verify``, against a simulator of the connection's contract."""

    folder: ClassVar[Path]

    @contextmanager
    def bench(self) -> Iterator[Bench]:
        """The adapter of the folder, and the simulator."""
        with simulated(from_folder(self.folder)) as one:
            yield one

    def see(self, name: str) -> Seen:
        """Run one check; of a contract that no simulator serves, those that need no agency."""
        spec = from_folder(self.folder)
        try:
            return super().see(name)
        except NotSimulated as error:
            if name not in without_agency(spec):
                return Seen(name, NONE, str(error))
        with closed(spec) as one:
            return checks.run(name, one)
