"""Matching: a pattern compiled to a small program, walked with a memory of where it has failed.

Each (instruction, place) is tried once, so a search takes at most the program's length times the text's
(after RE2's bit-state search). Patterns with references to groups cannot be remembered so; their steps are
counted against the budget like everybody's, and that bounds them.
"""

from collections.abc import Iterator
from typing import Any

from workflows.expressions.limits import Budget
from workflows.expressions.patterns.characters import Chars
from workflows.expressions.patterns.parsing import Group, Mark, Part, PatternError, Times

LONGEST_PROGRAM = 5_000
STEPS_FOR_ONE = 32  # steps of a match that count as one of the expression's
Spans = tuple[tuple[int, int], ...]


class Pattern:
    """A compiled pattern."""

    def __init__(self, tree: Group, flags: str) -> None:
        self.flags = flags
        self.groups = 0
        self._program: list[tuple[Any, ...]] = []
        self._work = 0
        self._refers = False
        self._emit(Group(tree.rows))
        self._program.append(("end",))

    def _add(self, *instruction: Any) -> int:
        if len(self._program) >= LONGEST_PROGRAM:
            raise PatternError(f"the pattern needs more than {LONGEST_PROGRAM} instructions")
        self._program.append(instruction)
        return len(self._program) - 1

    def _emit(self, part: Part) -> None:
        self._work += 1
        if self._work > 4 * LONGEST_PROGRAM:
            raise PatternError(f"the pattern needs more than {LONGEST_PROGRAM} instructions")
        match part:
            case Chars():
                self._add("char", part)
            case Mark():
                self._refers = self._refers or part.kind == "\\"
                self._add(part.kind, part.group)
            case Group():
                self._emit_group(part)
            case Times():
                self._emit_times(part)

    def _emit_group(self, group: Group) -> None:
        self.groups = max(self.groups, group.number)
        if group.number:
            self._add("save", 2 * group.number)
        ends = []
        for at, row in enumerate(group.rows):
            fork = self._add("fork", 0, 0) if at < len(group.rows) - 1 else None
            for part in row:
                self._emit(part)
            if fork is not None:
                ends.append(self._add("jump", 0))
                self._program[fork] = ("fork", fork + 1, len(self._program))
        for end in ends:
            self._program[end] = ("jump", len(self._program))
        if group.number:
            self._add("save", 2 * group.number + 1)

    def _emit_times(self, times: Times) -> None:
        for _ in range(times.low):
            self._emit(times.what)
        if times.high is None:
            fork = self._add("fork", 0, 0)
            self._emit(times.what)
            self._add("jump", fork)
            self._fork(fork, times.is_lazy)
            return
        forks = []
        for _ in range(times.high - times.low):
            forks.append(self._add("fork", 0, 0))
            self._emit(times.what)
        for fork in forks:
            self._fork(fork, times.is_lazy)

    def _fork(self, fork: int, is_lazy: bool) -> None:
        inside, outside = fork + 1, len(self._program)
        self._program[fork] = ("fork", outside, inside) if is_lazy else ("fork", inside, outside)

    def search(self, text: str, begin: int, budget: Budget) -> Spans | None:
        """The first match from a place on: the spans of the whole and of each group ((-1, -1) if unused)."""
        seen: set[int] = set()
        for start in range(begin, len(text) + 1):
            found = self._match(text, start, seen, budget)
            if found is not None:
                return tuple((found[at], found[at + 1]) for at in range(0, len(found), 2))
        return None

    def each(self, text: str, budget: Budget) -> Iterator[Spans]:
        """All matches, one behind the other."""
        at = 0
        while at <= len(text):
            found = self.search(text, at, budget)
            if found is None:
                return
            yield found
            at = max(found[0][1], found[0][0] + 1)

    def _match(self, text: str, start: int, seen: set[int], budget: Budget) -> tuple[int, ...] | None:
        program, size = self._program, len(text)
        saves: tuple[int, ...] = (start, -1) + (-1, -1) * self.groups
        stack = [(0, start, saves)]
        steps = 0
        budget.spend(1)
        while stack:
            pc, at, saves = stack.pop()
            while True:
                steps += 1
                if steps % STEPS_FOR_ONE == 0:
                    budget.spend(1)
                if not self._refers:
                    key = pc * (size + 1) + at
                    if key in seen:
                        break
                    seen.add(key)
                instruction = program[pc]
                match instruction[0]:
                    case "char":
                        if at >= size or not instruction[1].holds(text[at]):
                            break
                        pc, at = pc + 1, at + 1
                    case "fork":
                        stack.append((instruction[2], at, saves))
                        pc = instruction[1]
                    case "jump":
                        pc = instruction[1]
                    case "save":
                        slot = instruction[1]
                        saves = (*saves[:slot], at, *saves[slot + 1 :])
                        pc += 1
                    case "end":
                        return (saves[0], at, *saves[2:])
                    case _:
                        moved = self._marked(instruction, text, at, saves)
                        if moved < 0:
                            break
                        pc, at = pc + 1, moved
        return None

    def _marked(self, instruction: tuple[Any, ...], text: str, at: int, saves: tuple[int, ...]) -> int:
        """Where a match goes on behind an anchor or a reference; -1 where it does not."""
        lines = "m" in self.flags
        match instruction[0]:
            case "^":
                return at if at == 0 or (lines and text[at - 1] == "\n" and at < len(text)) else -1
            case "$":
                return at if at == len(text) or (lines and text[at] == "\n") else -1
        low, high = saves[2 * instruction[1]], saves[2 * instruction[1] + 1]
        wanted = text[low:high] if 0 <= low <= high else ""
        have = text[at : at + len(wanted)]
        same = have.lower() == wanted.lower() if "i" in self.flags else have == wanted
        return at + len(wanted) if same else -1

    def replacement(self, text: str) -> list[str | int]:
        """The parts of a replacement: texts, and numbers of groups; raises PatternError."""
        if "q" in self.flags:
            return [text]
        parts: list[str | int] = []
        at = 0
        while at < len(text):
            sign, following = text[at], text[at + 1 : at + 2]
            if sign == "\\":
                if following not in {"\\", "$"}:
                    raise PatternError("in a replacement \\ stands before \\ or $ only")
                parts.append(following)
                at += 2
            elif sign == "$":
                if not (following.isascii() and following.isdigit()):
                    raise PatternError("in a replacement $ stands before the number of a group")
                number, at = int(following), at + 2
                while at < len(text) and text[at].isascii() and text[at].isdigit():
                    if number * 10 + int(text[at]) > self.groups:
                        break
                    number, at = number * 10 + int(text[at]), at + 1
                parts.append(number if number <= self.groups else "")
            else:
                parts.append(sign)
                at += 1
        return parts
