"""What a person had typed when their session ended: kept with the browser, sealed, for the page it came from.

The session behind it belongs to nobody until the person has signed in again, so only a page that shows the
person's own things may take it back.
"""

import base64

from django.http import HttpRequest, QueryDict

from onestop.lib.sealing import SealBroken, seal, unseal

_KEPT = "typed"
_LABEL = "typed"
_MOST = 64 * 1024  # characters of one form
_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}  # of the latter, all but the files
_OURS = ("csrfmiddlewaretoken",)


def keep(request: HttpRequest) -> None:
    """Keep the form a request carries, if it carries one and it is not huge; the newest replaces the last."""
    if request.method != "POST" or request.content_type not in _FORMS:
        return
    form = request.POST.copy()
    for name in _OURS:
        form.pop(name, None)
    text = form.urlencode()
    if len(text) <= _MOST:
        sealed = seal(text.encode(), label=_LABEL + request.path)
        request.session[_KEPT] = [request.path, base64.b64encode(sealed).decode()]


def take(request: HttpRequest) -> QueryDict | None:
    """Return what was typed on this page before the session ended, once; None where nothing was."""
    path, sealed = request.session.get(_KEPT) or ("", "")
    if path != request.path:
        return None
    del request.session[_KEPT]
    try:
        return QueryDict(unseal(base64.b64decode(sealed), label=_LABEL + path))
    except (SealBroken, ValueError):
        return None  # the key it was sealed with is gone, and what was typed with it
