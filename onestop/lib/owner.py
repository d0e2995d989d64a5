"""Who holds a job or a call: this process, and whether another process of this host still lives."""

import os
import socket
import uuid

HOST = socket.gethostname()
_NAMES: dict[int, str] = {}  # by process id, so that a forked child has a name of its own


def this_process() -> str:
    """The name of this process: host, process id, and a mark that a reused id does not have."""
    pid = os.getpid()
    return _NAMES.get(pid) or _NAMES.setdefault(pid, f"{HOST}/{pid}/{uuid.uuid4().hex}")


def is_surely_gone(owner: str) -> bool:
    """Whether the owner has certainly ended; False where it cannot be known (another host)."""
    host, _, rest = owner.partition("/")
    pid, _, _mark = rest.partition("/")
    if host != HOST or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return owner != this_process()
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
