"""Refusing parameters no honest client sends, before any library or database meets them."""

from django.http import HttpRequest, QueryDict

LONGEST = 2048
# A hint is a whole signed token, `next` a whole authorization request; the others fit their columns.
LONGEST_OF = {
    **{"id_token_hint": 8192, "next": 8192, "client_assertion": 8192, "state": 1024},
    **{"nonce": 255, "client_id": 255, "code": 255, "code_challenge": 128, "code_verifier": 128},
    **{"request_uri": 255, "dpop_jkt": 43, "device_code": 255, "user_code": 40, "acr_values": 200},
}


def fault(request: HttpRequest) -> str | None:
    """Return what is wrong with the parameters of a request in one sentence, or None if nothing is.

    PostgreSQL refuses NUL and over-long values with an error where SQLite takes them.
    """
    return _fault(request.GET) or _fault(request.POST)


def _fault(parameters: QueryDict) -> str | None:
    for name, values in parameters.lists():
        for value in (name, *values):
            if len(value) > LONGEST_OF.get(name, LONGEST):
                return "A parameter is too long."
            if any(letter < " " or letter in "\x7f\ufffd" for letter in value):
                return "A parameter contains a character that is not allowed."
    return None
