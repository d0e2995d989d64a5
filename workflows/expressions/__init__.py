"""FEEL, the expression language of DMN 1.4 (chapter 10), compiled to closures.

The whole grammar and all functions of the standard. There is no way to reach a Python attribute, import or
call anything else; a run that takes more than its steps, or makes something too large, is stopped.
"""

from workflows.expressions.compiling import (
    Compiled,
    Feel,
    compile_expression,
    compile_feel,
    compile_tests,
    environment,
)
from workflows.expressions.lexer import ExpressionError
from workflows.expressions.limits import CLOCK, STEP_BUDGET, Budget, BudgetSpent, NoClock
from workflows.expressions.plain import native, plain

__all__ = [
    "CLOCK",
    "STEP_BUDGET",
    "Budget",
    "BudgetSpent",
    "Compiled",
    "ExpressionError",
    "Feel",
    "NoClock",
    "compile_expression",
    "compile_feel",
    "compile_tests",
    "environment",
    "native",
    "plain",
]
