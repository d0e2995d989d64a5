"""What the fields of three Suwinet services are in the data standard, labelled by hand.

By service and place of the message: the field, "code" where it is a coded value, or "" where the standard
has no such field, or where it is about another person or thing. The places are a choice, rich in those that
are easily mistaken; the terms of registers were written by the same hand, so other contracts may do worse.
"""

RDW = "RDWDossierGSD-v0200-b02/Diensten/RDWDossierGSD/v0200-b02/RDWDossierGSD.wsdl"
BRP = "BRPDossierPersoonGSD-v0200-b02/Diensten/BRPDossierPersoonGSD/v0200-b02/BRPDossierPersoonGSD.wsdl"
KADASTER = "KadasterDossierGSD-v0300-b02/Diensten/KadasterDossierGSD/v0300-b02/KadasterDossierGSD.wsdl"

PERSON = {
    "Burgerservicenr": "Person.identifier.notation",
    "SignificantDeelVanDeAchternaam": "Person.familyName",
    "Geboortedat": "Person.dateOfBirth",
    "Voornamen": "Person.givenName",
    "Voorletters": "",  # initials are no given names
    "Voorvoegsel": "",
    "Geboorteplaats": "Person.placeOfBirth",
    "Geslacht": "code",
}
ADDRESS = {
    "Postcd": "Address.postCode",
    "Huisnr": "Address.locatorDesignator",
    "Straatnaam": "Address.thoroughfare",
    "Woonplaatsnaam": "Address.postName",
    "Gemeentenaam": "Address.adminUnitL2",
    "IdentificatiecdNraanduiding": "Address.addressID",
    "NaamOpenbareRuimte": "Address.thoroughfare",
    "Locatieoms": "Address.fullAddress",
}
VEHICLE = {
    "KentekenVoertuig": "Vehicle.registrationNumber",
    "MerkVoertuig": "Vehicle.make",
    "TypeVoertuig": "Vehicle.model",
    "CdSrtVoertuig": "code",
}


def _under(prefix: str, table: dict[str, str], *only: str) -> dict[str, str]:
    return {f"{prefix}{name}": field for name, field in table.items() if not only or name in only}


_STREET = ("Postcd", "Huisnr", "Straatnaam", "Woonplaatsnaam")
_PERSON_REQUEST = {
    **_under("", PERSON, "Burgerservicenr", "SignificantDeelVanDeAchternaam", "Geboortedat", "Voorletters"),
    **_under("", ADDRESS, "Postcd", "Huisnr"),
    "DatBPeilperiodeAansprakelijkheid": "",
    "DatEPeilperiodeAansprakelijkheid": "",
}
_KEEPER = {
    **_under(
        "ClientSuwi/",
        PERSON,
        *("Burgerservicenr", "SignificantDeelVanDeAchternaam", "Geboortedat", "Voorletters", "Voorvoegsel"),
    ),
    **_under("ClientSuwi/RdwAdres/FeitelijkAdres/Straatadres/", ADDRESS, *_STREET),
    **dict.fromkeys((f"ClientSuwi/RdwAdres/Correspondentieadres/Straatadres/{name}" for name in _STREET), ""),
    "ClientSuwi/Aansprakelijke/DatEAansprakelijkheid": "",
    **_under("ClientSuwi/Aansprakelijke/Voertuig/", VEHICLE),
    "ClientSuwi/Aansprakelijke/Voertuig/StatusVoertuig/CdStatusVoertuig": "code",
    "ClientSuwi/Aansprakelijke/Voertuig/HoofdkleurVoertuig": "",
    "ClientSuwi/Aansprakelijke/Voertuig/Keuring/DatEGeldigheidApk": "",
    "OndernemingInst/Rechtspersoon/NaamRechtspersoon": "",
}
_RESIDENT = {
    **_under("ClientSuwi/", {name: field for name, field in PERSON.items() if name != "Voorletters"}),
    "ClientSuwi/ANr": "",
    "ClientSuwi/CdGeboortegemeente": "code",
    "ClientSuwi/Geboorteland": "",
    "ClientSuwi/Nationaliteit/CdNationaliteit": "code",
    "ClientSuwi/Overlijden/DatOverlijden": "",
    "ClientSuwi/Overlijden/PlaatsOverlijden": "",
    **_under(
        "ClientSuwi/DomicilieAdres/",
        ADDRESS,
        *(*_STREET, "IdentificatiecdNraanduiding", "NaamOpenbareRuimte", "Locatieoms"),
    ),
    **dict.fromkeys((f"ClientSuwi/Correspondentieadres/{name}" for name in _STREET), ""),
    **dict.fromkeys((f"ClientSuwi/ClientSuwiHistorisch/{name}" for name in ("Voornamen", "Geboortedat")), ""),
    **dict.fromkeys((f"ClientSuwi/Ouder1/{name}" for name in ("Voornamen", "Geboortedat", "ANr")), ""),
}
_OWNER = {
    **_under("ClientSuwi/", PERSON, "Burgerservicenr", "Voornamen", "Geboortedat"),
    **_under("ClientSuwi/DomicilieAdres/StraatadresBag/", ADDRESS, *_STREET, "Gemeentenaam", "Locatieoms"),
    **dict.fromkeys(
        (f"ClientSuwi/Correspondentieadres/StraatadresBag/{name}" for name in (*_STREET, "Gemeentenaam")), ""
    ),
    "ClientSuwi/Eigendom/OnroerendeZaak/CdTypeOnroerendeZaak": "code",
    "ClientSuwi/Eigendom/OnroerendeZaak/JaarAankoop": "",
    "ClientSuwi/Eigendom/OnroerendeZaak/BedrKoopsom/CdMunteenheid": "code",
}
LABELS: dict[tuple[str, str, str], dict[str, str]] = {
    (RDW, "VoertuigbezitInfoPersoon", "request"): _PERSON_REQUEST,
    (RDW, "KentekenInfo", "request"): {
        "KentekenVoertuig": "Vehicle.registrationNumber",
        "PeildatAansprakelijkheid": "",
    },
    (RDW, "KentekenInfo", "reply"): _KEEPER,
    (BRP, "AanvraagPersoon", "request"): _under("", PERSON, "Burgerservicenr"),
    (BRP, "AanvraagPersoon", "reply"): _RESIDENT,
    (KADASTER, "PersoonsInfo", "reply"): _OWNER,
    (KADASTER, "ObjectInfoLocatieOZ", "request"): _under("", ADDRESS, "Postcd", "Huisnr"),
}
