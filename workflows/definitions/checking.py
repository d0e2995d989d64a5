"""Is a document a definition that can run? Every problem is found at once, with the step and what to do."""

from typing import Any

from workflows.definitions.checks import agreements, flow, names, shape, waits, world
from workflows.definitions.checks.problem import Problem
from workflows.definitions.checks.world import Known

JSON = dict[str, Any]


class DefinitionRefused(Exception):
    """A document that cannot run. Final until it is mended; ``problems`` lists everything found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def check(document: JSON, known: Known | None = None) -> list[Problem]:
    """Return everything wrong with a document; an empty list means that it can be published."""
    return [problem for problem in review(document, known) if problem.level == "error"]


def review(document: JSON, known: Known | None = None) -> list[Problem]:
    """Return everything wrong with a document, and warnings about what will probably not go well.

    ``known`` is what there is where it will run; without it, names of agencies and texts are not looked up.
    """
    problems = shape.check(document)
    if problems:
        return problems
    found = [
        *flow.check(document),
        *names.check(document),
        *waits.check(document),
        *agreements.check(document),
    ]
    found += world.check_tables(document)
    if known is not None:
        found += world.check(document, known)
    return list(dict.fromkeys(found))


__all__ = ["DefinitionRefused", "Known", "Problem", "check", "review"]
