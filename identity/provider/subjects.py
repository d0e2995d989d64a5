"""By which name a client knows a person (OpenID Connect Core, section 8).

A public client gets the account's own name. A pairwise one gets a name that only clients of its sector
share, so that two agencies cannot put together what each knows of a person (A32).
"""

from urllib.parse import urlsplit

from identity.models import Application, User
from onestop.lib.sealing import blind_index


def of(user: User, client: Application) -> str:
    """The ``sub`` of a person for a client: the same for ever, and no way back from a pairwise one."""
    if client.subject_type == Application.PAIRWISE:
        return blind_index(f"{sector(client)} {user.subject}", purpose="pairwise subject")
    return str(user.subject)


def sector(client: Application) -> str:
    """The registered sector, or else the one host of all redirect addresses; ValueError without one."""
    if client.sector_identifier:
        return client.sector_identifier
    hosts = {urlsplit(uri).hostname or "" for uri in client.redirect_uris.split()}
    if len(hosts) != 1:
        raise ValueError(f"{client.client_id} has several hosts: register its sector")
    return hosts.pop()
