"""What tests of onboarding share: the corpus of real contracts, where there is one."""

from tests.corpus import corpus

__all__ = ["corpus"]
