"""EBCDIC code pages of European mainframes that Python does not have, as differences from page 037.

Importing this module registers them as codecs: cp1141 to cp1149, which have the euro sign, and their elders
cp277 to cp871 without it. Source of the assignments: IBM's code page registry (CDRA).
"""

import codecs
from functools import cache

# euro page -> (elder page, differences from 037 as hexadecimal place and character)
_PAGES = {
    "cp1141": (
        "cp273",
        "43{4aÄ4f!59~5aÜ5f^63[6aö7c§9f€a1ßb0¢b5@ba¬bb|c0äcc¦d0üdc}e0Öec\\fc]",
    ),  # Germany, Austria
    "cp1142": (
        "cp277",
        "47}4a#4f!5a€5bÅ5f^67$6aø70¦7bÆ7cØ80@9c{9e[9f]a1üb0¢ba¬bb|c0æd0ådc~",
    ),  # Denmark, Norway
    "cp1143": (
        "cp278",
        "43{47}4a§4f!51`5a€5bÅ5f^63#67$6aö71\\79é7bÄ7cÖ9f]a1üb0¢b5[ba¬bb|c0äcc¦d0ådc~e0Éec@",
    ),  # Finland, Sweden
    "cp1144": (
        "cp280",
        "44{48\\4a°4f!51]54}58~5aé5f^6aò79ù7b£7c§90[9f€a1ìb0¢b1#b5@ba¬bb|c0àcd¦d0èdd`e0ç",
    ),  # Italy
    # Spain
    "cp1145": ("cp284", "49¦4a[5a]69#6añ7bÑ9f€a1¨b0¢ba^bb!bd~"),
    # United Kingdom
    "cp1146": ("cp285", "4a$5b£9f€a1¯b0¢b1[ba^bc~"),
    "cp1147": (
        "cp297",
        "44@48\\4a°4f!51{54}5a§5f^6aù79µ7b£7cà90[9f€a0`a1¨b0¢b1#b5]ba¬bb|bd~c0éd0èdd¦e0ç",
    ),  # France
    # international
    "cp1148": ("cp500", "4a[4f!5a]5f^9f€b0¢ba¬bb|"),
    # Iceland
    "cp1149": ("cp871", "4aÞ4f!5aÆ5fÖ79ð7cÐ8c`8e{9c}9e]9f€a1öac@ae[b0¢ba¬bb|be\\c0þcc~d0æe0´ec^"),
}
_CURRENCY = "\N{CURRENCY SIGN}"


@cache
def _decoding(page: str) -> str:
    """The 256 characters of a page; raises KeyError where it is none of ours."""
    euro = page if page in _PAGES else {elder: euro for euro, (elder, _) in _PAGES.items()}[page]
    characters = list(bytes(range(256)).decode("cp037"))
    differences = _PAGES[euro][1]
    for at in range(0, len(differences), 3):
        characters[int(differences[at : at + 2], 16)] = differences[at + 2]
    found = "".join(characters)
    return found if page == euro else found.replace("\N{EURO SIGN}", _CURRENCY)


def _codec(page: str) -> codecs.CodecInfo | None:
    try:
        decoding = _decoding(page)
    except KeyError:
        return None
    encoding = codecs.charmap_build(decoding)
    return codecs.CodecInfo(
        name=page,
        encode=lambda text, errors="strict": codecs.charmap_encode(text, errors, encoding),
        decode=lambda content, errors="strict": codecs.charmap_decode(bytes(content), errors, decoding),
    )


codecs.register(_codec)


def is_ebcdic(encoding: str) -> bool:
    """True where the digits are F0 to F9, as on every EBCDIC page."""
    return "0".encode(encoding) == b"\xf0"
