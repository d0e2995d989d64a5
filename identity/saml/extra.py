"""Whether the optional extra is there: pysaml2, and the command xmlsec1 that it lets judge signatures."""

import shutil
from importlib.util import find_spec

from identity.signin.errors import AnswerRefused

PACKAGE, COMMAND = "onestop[saml]", "xmlsec1"


def missing() -> list[str]:
    """What has to be installed before anybody can sign in by SAML, as it is written to an installer."""
    found = [] if find_spec("saml2") else [f"pip install '{PACKAGE}'"]
    return found if shutil.which(COMMAND) else [*found, f"apt install {COMMAND}"]


def require() -> None:
    """Raise AnswerRefused("saml-missing") where something of the extra is missing."""
    lacking = missing()
    if lacking:
        raise AnswerRefused("saml-missing", "; ".join(lacking))
