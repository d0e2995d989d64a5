"""An administrator enters an e-ID of SAML by a file: refused with the reason, kept when left alone."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from identity import saml as package
from identity.models import IdentityProvider
from identity.saml import extra
from onestop.manage.words import RULES
from tests.identity.saml_idp import ENTITY, PASSWORD, SSO, key_of, metadata
from tests.manage.test_sign_in import administrator  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
NEW = "/manage/sign-in/new/saml/"


def filled(document: bytes = b"", **changed: Any) -> dict[str, Any]:
    """The form as an administrator fills it, with metadata as a file."""
    uploaded = {"metadata_file": SimpleUploadedFile("idp.xml", document)} if document else {}
    return {
        **{"name_en": "Abroad", "name_ar": "", "position": "1", "is_active": "on", "key": "abroad"},
        **{"level_low": "", "level_substantial": PASSWORD, "level_high": "", "asking": "authn_context"},
        **{"path_subject": "NameID", "name_format": "persistent", **uploaded, **changed},
    }


def test_metadata_as_a_file_is_kept_until_another_comes(administrator: Client) -> None:  # noqa: F811
    good = metadata(key_of("abroad"))
    assert administrator.post(NEW, filled(good)).status_code == 302
    row = IdentityProvider.objects.get()
    assert (row.issuer, row.saml.sso_url, len(row.saml.certificates)) == (ENTITY, SSO, 1)
    key, seen = row.secret, row.updated_at.isoformat()
    changed = administrator.post("/manage/sign-in/abroad/", filled(seen=seen, name_en="Other"))
    assert changed.status_code == 302
    row.refresh_from_db()
    assert (row.names["en"], row.secret, row.saml.sso_url) == ("Other", key, SSO)
    other = metadata(key_of("abroad"), entity="https://other.example/idp")
    refused = administrator.post("/manage/sign-in/abroad/", filled(other, seen=row.updated_at.isoformat()))
    assert f"it does not describe {ENTITY}, but https://other.example/idp" in refused.content.decode()


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "Enter the address of its metadata"),
        (b"<a/>", "not EntityDescriptor"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "it has a document type"),
        (b"{}", "it is no XML"),
        (metadata(key_of("abroad"), sso="http://e-id.example/sso"), "not at https://"),
        (metadata(key_of("abroad")).replace(b"HTTP-Redirect", b"SOAP"), "no SingleSignOnService"),
        (metadata(key_of("abroad")).replace(b'use="signing"', b'use="encryption"'), "none is valid"),
        (metadata(key_of("abroad")).replace(b"protocol", b"protocul", 1), "no IDPSSODescriptor"),
    ],
    ids=["none", "other", "entity", "json", "plain", "binding", "keys", "protocol"],
)
def test_metadata_that_cannot_be_used_is_refused(
    administrator: Client,  # noqa: F811
    document: bytes,
    words: str,
) -> None:
    refused = administrator.post(NEW, filled(document))
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert not IdentityProvider.objects.exists()


def test_without_the_extra_the_page_says_what_to_install(
    administrator: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda command: None)
    page = administrator.get(NEW).content.decode()
    assert "pip install &#39;onestop[saml]&#39;" in page
    assert "apt install xmlsec1" in page
    administrator.post(NEW, filled(metadata(key_of("abroad"))))
    assert "Not in order" in administrator.get("/manage/sign-in/abroad/test/").content.decode()
    refused = Client().get("/sign-in?with=abroad")
    assert refused.status_code == 400
    assert Client().get("/sign-in/saml/abroad/metadata").status_code == 503


def test_every_rule_of_an_assertion_has_its_words() -> None:
    sources = [path.read_text() for path in Path(package.__file__).parent.glob("*.py")]
    named = {code for source in sources for code in re.findall(r'"(saml-[a-z]+)"', source)}
    assert len(named) > 12
    assert named <= set(RULES)
