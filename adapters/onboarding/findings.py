"""What a check of a mapping finds."""

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. ``where`` is file and line where known, else the operation."""

    level: str
    where: str
    message: str
