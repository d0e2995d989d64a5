"""Documents of a contract from the web, through the egress door; only where a person asked for it.

Private addresses and redirects are refused, and so is a compressed body: none was asked for, and a few bytes
of it can unfold to millions.
"""

from urllib.parse import urlsplit

from adapters.contracts.access import MAX_FILE, Fetch
from adapters.contracts.violation import ContractUnreadable
from adapters.egress import Door
from adapters.errors import AdapterError

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0


def fetcher(source: str = "", *, allow_private: bool = False) -> Fetch:
    """A function that reads an address; raises ContractUnreadable.

    ``allow_private`` holds for the origin of ``source`` alone: what it refers to elsewhere must be public.
    """
    doors: dict[str, Door] = {}
    home = _origin(source)

    def fetch(url: str) -> bytes:
        origin = _origin(url)
        try:
            if origin not in doors:
                doors[origin] = Door(
                    "contract",
                    origin,
                    connect=CONNECT_SECONDS,
                    read=READ_SECONDS,
                    allow_private=allow_private and origin == home,
                    max_body=MAX_FILE,
                )
            parts = urlsplit(url)
            query = f"?{parts.query}" if parts.query else ""
            reply = doors[origin].send("GET", f"{parts.path or '/'}{query}")
        except AdapterError as error:
            raise ContractUnreadable(url, error.message) from error
        except ValueError as error:  # a port that is no number
            raise ContractUnreadable(url, f"is no address: {error}") from error
        if reply.status != 200:
            raise ContractUnreadable(url, f"was answered with status {reply.status}")
        if reply.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise ContractUnreadable(url, "was answered compressed, though that was not asked for")
        return reply.body

    return fetch


def _origin(url: str) -> str:
    """Scheme and host; raises ContractUnreadable for an address that is none."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ContractUnreadable(url, f"is no address: {error}") from error
    return f"{parts.scheme}://{parts.netloc}"
