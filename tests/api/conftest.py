"""What tests of the API share with those of cases."""

from tests.workflows.conftest import agencies, clock, maria

__all__ = ["agencies", "clock", "maria"]
