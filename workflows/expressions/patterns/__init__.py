"""Regular expressions in the flavour of XPath and XQuery Functions 3.1, matched in time linear in the text.

Python's ``re`` backtracks without bound on patterns such as ``(a+)+$``; these remember where they have been.
"""

from functools import lru_cache

from workflows.expressions.patterns.matching import Pattern
from workflows.expressions.patterns.parsing import PatternError, parse_pattern

__all__ = ["Pattern", "PatternError", "compile_pattern"]


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> Pattern:
    """Compile a pattern with flags of ``smixq``; raises PatternError."""
    return Pattern(parse_pattern(pattern, flags), flags)
