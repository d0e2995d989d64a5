"""The functions of the language (DMN 1.4, 10.3.4), by name. Each is total: a wrong argument gives null."""

from workflows.expressions.functions import (  # noqa: F401  (each registers its own)
    contexts,
    conversion,
    figures,
    lists,
    moments,
    ranges,
    statistics,
    texts,
    truths,
    writing,
)
from workflows.expressions.functions.registry import BUILTINS, call, why_not

__all__ = ["BUILTINS", "call", "why_not"]
