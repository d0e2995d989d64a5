"""Adapters made from every contract we have: what must be written by hand until all checks pass, in lines."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.conformance.verdicts import NO
from adapters.connection_spec import FOLDER, from_folder
from adapters.onboarding import check, new, operations, verify
from adapters.onboarding.findings import ERROR

MOST = 30  # lines
SUWINET = "nl-suwinet/wsdls"
KADASTER = f"{SUWINET}/KadasterDossierGSD-v0300-b02/Diensten/KadasterDossierGSD/v0300-b02"
STUF = "nl-stuf-bg/stuf_bg/xsd/bg0310"


@dataclass(frozen=True)
class Case:
    """``codes`` are the lines written by hand: one into each code list that the contract leaves open."""

    source: str
    chosen: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()

    def path(self, corpus: Path) -> Path:
        own = FOLDER / self.source
        return own if own.is_file() else corpus / self.source


WITH_CODE = (("code", 'Sweden = "SE"'),)
CASES = [
    Case(f"{SUWINET}/BRPDossierPersoonGSD-v0200-b02/Diensten/BRPDossierPersoonGSD/v0200-b02/Impl/BKWI.wsdl"),
    Case(f"{SUWINET}/RDWDossierGSD-v0200-b02/Diensten/RDWDossierGSD/v0200-b02/Impl/BKWI.wsdl"),
    Case(f"{KADASTER}/Impl/BKWI.wsdl", (), (("cd_kadastrale_gemeente", 'Utrecht = "UTT00"'),)),
    Case(f"{STUF}/vraagAntwoord/bg0310_msg_vraagAntwoord.xsd", ("npsLv01=npsLa01",)),
    Case("zeep-wsdl/benchmark/benchmark.wsdl"),
    Case("zeep-wsdl/tests/integration/hello_world_recursive.wsdl"),
    Case("zeep-wsdl/tests/integration/hello_world_recursive_import.wsdl"),
    Case("zeep-wsdl/tests/wsdl_files/claim.wsdl"),
    Case("zeep-wsdl/tests/wsdl_files/soap.wsdl"),
    Case("zeep-wsdl/tests/wsdl_files/soap_header.wsdl"),
    Case("zeep-wsdl/tests/wsdl_files/soap_import_main.wsdl", (), WITH_CODE),
    Case("zeep-wsdl/tests/wsdl_files/soap_transport_err.wsdl", (), WITH_CODE),
    Case("npr/npr.wsdl", (), (("country_code", 'AUR = "AUR"'),)),
    Case("pen/pen.wsdl"),
    Case("vdr/vdr.wsdl"),
    Case("tax/tax.openapi.json"),
    Case("eastholm/eastholm.openapi.json"),
    Case("laa/laa.xsd", ("FindAddress=AddressList", "GetAddress=AddressDetail")),
    Case("brg/brg.xsd", ("ReserveName=NameReserved", "GetCompany=Company")),
    Case("sia/sia.layout.toml"),
    Case("norrby/norrby.layout.toml"),
]
WITHOUT_SOAP = {"recursive_schema_main.wsdl", "test_http_post.wsdl", "http.wsdl", "soap_import_2.wsdl"}


def written(folder: Path, case: Case) -> int:
    """Write the lines of a case into its mapping; how many they are."""
    path = folder / "mapping.toml"
    text = path.read_text(encoding="utf-8")
    for name, line in case.codes:
        assert f"[codes.{name}]" in text
        text = text.replace(f"[codes.{name}]", f"[codes.{name}]\n{line}", 1)
        text = re.sub(rf"(\[codes\.{name}\])\n(.*)(  # left[^\n]*)", r"\1\3\n\2", text, count=1)
    path.write_text(text, encoding="utf-8")
    return len(case.codes)


@pytest.mark.corpus
@pytest.mark.parametrize("case", CASES, ids=[case.source.rpartition("/")[2] for case in CASES])
def test_a_made_adapter_passes_with_few_lines_by_hand(case: Case, corpus: Path, tmp_path: Path) -> None:
    made = new.make("made", case.path(corpus), list(case.chosen), tmp_path)
    count = written(made.folder, case)
    spec = from_folder(made.folder)
    found = verify.simulated(spec)
    assert {one.check: one.evidence for one in found if one.verdict == NO} == {}
    assert [one for one in check.check(spec).findings if one.level == ERROR] == []
    assert count < MOST


@pytest.mark.corpus
def test_every_wsdl_of_the_corpus_is_a_case_or_has_no_soap(corpus: Path) -> None:
    known = {Path(case.source).name for case in CASES} | WITHOUT_SOAP
    same = {"BRPDossierPersoonGSD.wsdl", "RDWDossierGSD.wsdl", "KadasterDossierGSD.wsdl"}  # imported by Impl
    assert {path.name for path in corpus.rglob("*.wsdl")} - known - same == set()


def uncommented(text: str) -> str:
    """A proposed mapping with all that is proposed put to use."""
    lines = []
    for line in text.splitlines():
        bare = re.sub(r"^# (?=\[codes|default = |[\w\"-]+ = |\]|  )", "", line)
        lines.append(re.sub(r"^(\s*)# (?:Check|Missing) \{", r"\1{", bare))
    return "\n".join([*lines, ""])


@pytest.mark.corpus
@pytest.mark.parametrize("case", CASES, ids=[case.source.rpartition("/")[2] for case in CASES])
def test_all_that_is_proposed_works_when_put_to_use(case: Case, corpus: Path, tmp_path: Path) -> None:
    """Repeats within repeats are repeats, and no rule undoes another; refusing code lists are left to us."""
    made = new.make("made", case.path(corpus), list(case.chosen), tmp_path)
    path = made.folder / "mapping.toml"
    text = uncommented(path.read_text(encoding="utf-8"))
    assert "# Missing {" not in text
    path.write_text(text, encoding="utf-8")
    found = check.check(from_folder(made.folder)).findings
    assert [one for one in found if one.level == ERROR and "code list" not in one.message] == []


def test_an_xsd_is_asked_which_element_answers(tmp_path: Path) -> None:
    with pytest.raises(new.NotMade, match="--operation ASK=ANSWER.*FindAddress, AddressList"):
        new.make("laa", FOLDER / "laa" / "laa.xsd", [], tmp_path)


def test_what_every_reply_has_and_nothing_reads_is_to_do(tmp_path: Path) -> None:
    made = new.make("vehicles", FOLDER / "vdr" / "vdr.wsdl", ["ChangeKeeperAddress"], tmp_path)
    assert any("bookedAt" in line and "(in every reply)" in line for line in made.open_rules)


def test_an_openapi_body_is_mapped_with_its_optional_members(tmp_path: Path) -> None:
    contract = operations.read(FOLDER / "tax" / "tax.openapi.json")
    places = contract.operations["updateDomicile"].request()
    assert {one.path for one in places} >= {"propertyId", "streetAddress", "zipCode"}
