"""The order of records in a file: a small expression, matched record by record in constant memory.

``A1`` a record by its code, ``B C`` one after the other, ``B | C`` either, ``( )`` a group, ``* + ?`` how
often. Thompson's construction; sets of states met are remembered: a long file costs one look-up a record.
"""

import re

_TOKEN = re.compile(r"\s*([0-9A-Za-z_.-]+|[()|*+?])")
States = frozenset[int]


class OrderUnreadable(ValueError):
    """An order that cannot be parsed. Final."""


class Order:
    """A compiled order of record codes."""

    def __init__(self, expression: str) -> None:
        self._words = _TOKEN.findall(expression)
        if "".join(self._words) != re.sub(r"\s", "", expression):
            raise OrderUnreadable(f"the order {expression!r} cannot be read")
        self._jumps: list[list[int]] = []  # free moves of each state
        self._moves: list[tuple[str, int] | None] = []  # a code and where it leads
        self._known: dict[tuple[States, str], States] = {}
        start, end = self._either()
        if self._words:
            raise OrderUnreadable(f"the order {expression!r} ends too early")
        self.start, self._end = self._closed({start}), end

    def after(self, states: States, code: str) -> States:
        """Where a record leads; empty where it may not stand there."""
        key = (states, code)
        if key not in self._known:
            moves = (self._moves[state] for state in states)
            self._known[key] = self._closed({move[1] for move in moves if move and move[0] == code})
        return self._known[key]

    def is_end(self, states: States) -> bool:
        """True where the file may end here."""
        return self._end in states

    def expected(self, states: States) -> list[str]:
        """The codes that may come next."""
        return sorted({move[0] for state in states if (move := self._moves[state])})

    def _state(self) -> int:
        self._jumps.append([])
        self._moves.append(None)
        return len(self._jumps) - 1

    def _either(self) -> tuple[int, int]:
        start, end = self._state(), self._state()
        while True:
            first, last = self._sequence()
            self._jumps[start].append(first)
            self._jumps[last].append(end)
            if not (self._words and self._words[0] == "|"):
                return start, end
            self._words.pop(0)

    def _sequence(self) -> tuple[int, int]:
        start = end = self._state()
        while self._words and self._words[0] not in ("|", ")"):
            first, last = self._repeated()
            self._jumps[end].append(first)
            end = last
        return start, end

    def _repeated(self) -> tuple[int, int]:
        first, last = self._atom()
        if not (self._words and self._words[0] in "*+?"):
            return first, last
        how = self._words.pop(0)
        start, end = self._state(), self._state()
        self._jumps[start].append(first)
        self._jumps[last].append(end)
        if how in "*?":
            self._jumps[start].append(end)
        if how in "*+":
            self._jumps[last].append(first)
        return start, end

    def _atom(self) -> tuple[int, int]:
        word = self._words.pop(0)
        if word == "(":
            inner = self._either()
            if not self._words or self._words.pop(0) != ")":
                raise OrderUnreadable("the order has a bracket that does not close")
            return inner
        if word in "*+?":
            raise OrderUnreadable(f"the order has {word!r} after nothing")
        start, end = self._state(), self._state()
        self._moves[start] = (word, end)
        return start, end

    def _closed(self, states: set[int]) -> States:
        waiting, found = list(states), set(states)
        while waiting:
            fresh = set(self._jumps[waiting.pop()]) - found
            found |= fresh
            waiting += fresh
        return frozenset(found)
