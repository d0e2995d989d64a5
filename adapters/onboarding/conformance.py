"""The conformance checks as a test class: subclass it, say the folder, and each check is a test.

class TestVehicles(SimulatedContract):
    folder = Path(__file__).parent
"""

from pathlib import Path
from typing import Any, ClassVar

from adapters.connection_spec import from_folder
from adapters.onboarding import verify


class SimulatedContract:
    """Every check of ``onestop adapter verify``, against a simulator of the connection's contract."""

    folder: ClassVar[Path]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in verify.CHECKS:
            setattr(cls, f"test_{name.replace(' ', '_')}", _test(name))

    def see(self, name: str) -> verify.Seen:
        """Run one check; raises Misconfigured, ContractUnreadable."""
        with verify.bench(from_folder(self.folder)) as one:
            return verify.CHECKS[name](one)


def _test(name: str) -> Any:
    def test(self: SimulatedContract) -> None:
        seen = self.see(name)
        if seen.verdict == verify.NO:
            raise AssertionError(seen.evidence)

    test.__doc__ = verify.CHECKS[name].__doc__
    return test
