"""What tests of contracts share: the corpus of real ones, where there is one."""

from tests.corpus import corpus

__all__ = ["corpus"]
