"""Where a file of ours is at the agency: looked for in listings, so that it is never put there twice."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from paramiko import SFTPClient

from adapters.connection_spec import ConnectionSpec
from adapters.contracts.layout import FileLayout
from adapters.errors import Misconfigured
from adapters.kinds.records.batch import Stamp
from adapters.kinds.records.sftp import SftpDoor

LISTING = "listing"  # the operation that asks after a file: ``ask`` of ``[delivery]``
UNFINISHED = "unfinished"  # a file without the marker that says it is whole: nobody reads it


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The folders that a file passes on its way, from ours to the one where its answer lies."""

    door: SftpDoor
    file: FileLayout
    acknowledgement: FileLayout
    processed: tuple[str, ...]  # folders where the agency keeps what it has read

    @classmethod
    def of_connection(
        cls, spec: ConnectionSpec, door: SftpDoor, file: FileLayout, acknowledgement: FileLayout
    ) -> "Whereabouts":
        """From ``processed`` of connection.toml; raises Misconfigured."""
        processed = spec.option("processed", [])
        if not isinstance(processed, list) or not all(isinstance(one, str) for one in processed):
            raise Misconfigured(spec.key, f"processed is {processed!r}; it is a list of folders")
        return cls(door, file, acknowledgement, tuple(processed))

    def of(self, client: SFTPClient, stamp: Stamp) -> str | None:
        """The folder that holds the file or its answer, UNFINISHED, or None where it is nowhere.

        The folders are looked at in the order of its way, so that a file that moves meanwhile is seen in the
        next. What an agency adds to a name when it puts a file away does not matter.
        """
        name = stamp.named(self.file)
        is_there = self.door.exists(client, PurePosixPath(self.file.folder) / name)
        if is_there and self._is_finished(client, name):
            return self.file.folder
        for folder in self.processed:
            if any(name in one for one in self.door.names(client, folder)):
                return folder
        answer = PurePosixPath(self.acknowledgement.folder) / stamp.named(self.acknowledgement)
        if self.door.exists(client, answer):
            return self.acknowledgement.folder
        return UNFINISHED if is_there else None

    def _is_finished(self, client: SFTPClient, name: str) -> bool:
        marker = f"{name}{self.file.marker_suffix}"
        return not self.file.marker_suffix or self.door.exists(
            client, PurePosixPath(self.file.folder) / marker
        )
