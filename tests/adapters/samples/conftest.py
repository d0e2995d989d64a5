"""The corpus of real contracts, for these tests."""

from tests.corpus import corpus

__all__ = ["corpus"]
