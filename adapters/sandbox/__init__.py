"""The fictional agencies of Aurelia: real servers on loopback, each speaking its real protocol.

Where they answer (``sandbox serve`` takes the ports from the base port upwards)::

    switchboard  base      http://127.0.0.1:8100/
    npr          base + 1  POST /population                      SOAP 1.1 document/literal, WS-Security
    tax          base + 2  /oauth/token, /taxpayers/…, /jobs/…   REST, OAuth2 private_key_jwt
    vdr          base + 3  POST /axis/services/KeeperService     SOAP 1.1 rpc/encoded, Basic authentication
    laa          base + 4  POST /register                        XML over HTTP
    sia          base + 5  SFTP, folders /in and /out            fixed-width records
    brg          base + 6  POST /register                        XML over HTTP, decided later
    pen          base + 7  POST /pension                         SOAP 1.2, MTOM, WS-Addressing
    hos          base + 8                                        sends CloudEvents, takes nothing
    eastholm     base + 9  POST /errands                         REST over mutual TLS
    vestvik      base + 10 SMTP; mailbox at base + 14            e-mail with PDF/A
    norrby       base + 11 SFTP, folders /in and /out            CSV in code page 1252
    borealia     base + 12 /r1/BO/GOV/70000002/rr/persons/…      X-Road, behind a security server
    post         base + 16 http://127.0.0.1:8116/                people's mail; taken by SMTP at base + 17

NPR knows the portal by its certificate, TAX as OAuth client ``onestop`` by its public key; both keys are
drawn, see :mod:`adapters.sandbox.identities`. VDR, SIA and PEN know it as user ``onestop``; their secret is
``ONESTOP_SANDBOX_SECRET`` (without it: :data:`adapters.simulator.settings.DEVELOPMENT_SECRET`). NPR calls
back as the client ``npr``, by assertions of a key that is drawn too. SIA's host key is kept in
the data folder (``var/sandbox`` in the demo): ``known_host(folder)`` returns its public half for pinning.

Nothing here is used by the portal itself: agencies are reached over their protocols only.
"""

from adapters.sandbox.running import Sandbox, run
from adapters.simulator.files import known_host
from adapters.simulator.settings import Pace

__all__ = ["Pace", "Sandbox", "known_host", "run"]
