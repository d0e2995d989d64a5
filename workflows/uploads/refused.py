"""Why a file is not taken."""

REASONS = (
    *("empty", "too-large", "too-many", "no-room", "not-a-kind", "not-what-it-says", "active", "broken"),
    *("too-many-pixels", "virus", "gone"),
)


class UploadRefused(Exception):
    """A file is not taken, and nothing of it is kept. ``why`` is one of :data:`REASONS`. Final."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else why)
        self.why = why
        self.detail = detail
