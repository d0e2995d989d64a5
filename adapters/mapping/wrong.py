"""What is raised where a mapping cannot be compiled."""


class MappingWrong(Exception):
    """A mapping cannot be compiled; the message says the place. Final until the file is mended."""
