"""What is raised where a message breaks its contract; adapters turn it into Refused or NotUnderstood."""


class Violation(Exception):
    """A message breaks the contract. ``path`` is the place in it, ``line`` its line, 0 where it has none."""

    def __init__(self, message: str, *, path: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line


class ContractUnreadable(Exception):
    """A contract file cannot be compiled. Final until the file is mended."""

    def __init__(self, file: str, message: str, *, line: int = 0) -> None:
        super().__init__(f"{file}{f', line {line}' if line else ''}: {message}")
        self.file = file
        self.message = message
        self.line = line
