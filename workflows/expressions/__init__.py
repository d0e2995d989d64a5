"""Conditions and values in a subset of FEEL (DMN 1.3, chapter 10), compiled to closures.

Literals, paths, lists, filters ``list[condition]``, comparison, ``in``, ``and``/``or``, ``+`` and ``-``, and
the functions of :mod:`workflows.expressions.functions`. There is no way to reach a Python attribute, import
or call anything else; a run that takes more than ``STEP_BUDGET`` steps is stopped.
"""

from workflows.expressions.compiler import Compiled, compile_expression
from workflows.expressions.lexer import ExpressionError
from workflows.expressions.nodes import STEP_BUDGET, BudgetSpent

__all__ = ["STEP_BUDGET", "BudgetSpent", "Compiled", "ExpressionError", "compile_expression"]
