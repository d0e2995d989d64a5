"""Browsers' sessions in the database, so that a copy of it opens none: the setting ``SESSION_ENGINE``.

The cookie's value is not in the table, only a keyed digest of it; what a session holds is sealed and bound
to its row. Both are of no use without the keys.
"""

import base64
import json
import logging
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from onestop.lib.sealing import SealBroken, blind_index, is_newest, seal, unseal

_log = logging.getLogger(__name__)
_AT_ONCE = 500


def stored_key(session_key: str) -> str:
    """Return what stands in the table (40 characters) for the value of a cookie."""
    return blind_index(session_key, purpose="session")[:40]


class SessionStore(db.SessionStore):
    """Django's own, but for the two columns."""

    def _get_session_from_db(self) -> Any:
        key = stored_key(self.session_key or "")
        found = self.model.objects.filter(session_key=key, expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Whether a cookie with this value has a session."""
        return super().exists(stored_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row of the session."""
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """End a session, this one where none is named."""
        known = session_key or self.session_key
        if known is not None:
            self.model.objects.filter(session_key=stored_key(known)).delete()

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Seal what a session holds."""
        plain = json.dumps(session_dict, separators=(",", ":")).encode()
        return _text(seal(plain, label=_label(stored_key(self.session_key or ""))))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Open what a session holds; one that does not open any more is empty."""
        label = _label(stored_key(self.session_key or ""))
        try:
            opened: dict[str, Any] = json.loads(unseal(base64.b64decode(session_data), label=label))
        except (SealBroken, ValueError):
            _log.warning("A session was made with another key: its person has to sign in again")
            return {}
        return opened


def reseal() -> int:
    """Seal anew what an older key sealed; return how many sessions. One that changed meanwhile is left."""
    count, last = 0, ""
    rows = SessionStore.get_model_class().objects.order_by("session_key")
    while found := list(rows.filter(session_key__gt=last)[:_AT_ONCE]):
        for row in found:
            count += _again(row)
        last = found[-1].session_key
    return count


def _again(row: Any) -> int:
    kept = base64.b64decode(row.session_data)
    if is_newest(kept):
        return 0
    label = _label(row.session_key)
    same = type(row).objects.filter(session_key=row.session_key, session_data=row.session_data)
    return int(same.update(session_data=_text(seal(unseal(kept, label=label), label=label))))


def _label(key: str) -> str:
    return f"session:{key}"


def _text(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode()
