"""Headers of every page: a strict policy with a nonce of its own, and no caching of what is personal."""

import re

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


def policy(response) -> dict[str, list[str]]:
    directives = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in directives}


def test_a127_the_policy_is_strict(client: Client) -> None:
    found = policy(client.get("/"))
    assert found["default-src"] == ["'none'"]
    assert found["frame-ancestors"] == ["'none'"]
    assert found["base-uri"] == ["'none'"]
    assert found["style-src"] == ["'self'"]
    assert found["form-action"] == ["'self'", settings.EID_URL]
    assert all("unsafe" not in source for sources in found.values() for source in sources)


def test_a127_each_answer_has_a_nonce_of_its_own_that_its_script_carries(client: Client) -> None:
    nonces = set()
    for _ in range(2):
        response = client.get("/")
        [nonce] = re.findall(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
        assert f'<script nonce="{nonce}">' in response.content.decode()
        nonces.add(nonce)
    assert len(nonces) == 2


def test_pages_ask_for_nothing_from_elsewhere(client: Client) -> None:
    html = client.get("/").content.decode()
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)


def test_a132_other_headers(client: Client) -> None:
    headers = client.get("/").headers
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a133_answers_to_someone_with_a_session_are_not_stored(client: Client) -> None:
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")
    client.cookies[settings.SESSION_COOKIE_NAME] = "any"
    assert client.get("/").headers["Cache-Control"] == "no-store"


def test_the_page_that_was_never_there_is_ours(client: Client) -> None:
    response = client.get("/nothing-here")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


def test_a_form_without_its_token_gets_an_explanation() -> None:
    response = Client(enforce_csrf_checks=True).post("/language", {"language": "ar"})
    assert response.status_code == 403
    assert "Nothing was changed" in response.content.decode()


def test_the_page_for_our_own_failure_needs_no_database(client: Client, monkeypatch, db) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the catalogue is gone")

    monkeypatch.setattr("onestop.catalogue.views.find", broken)
    client.raise_request_exception = False
    response = client.get("/search?q=x")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()
