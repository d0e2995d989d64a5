"""A value that a mapping cannot carry over. Internal: adapters turn it into Refused or NotUnderstood."""


class Unfit(Exception):
    """``path`` is the canonical path of the value at fault (``movers[1]``), or the agency's when read."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message

    def under(self, prefix: str) -> "Unfit":
        """The same fault, seen from the object that holds the value."""
        return Unfit(f"{prefix}.{self.path}" if self.path else prefix, self.message)
