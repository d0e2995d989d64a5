"""The catalogue: seeding, searching on either database, and its pages in a fixed number of queries."""

from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from adapters import registry
from adapters.connection_spec import from_folder
from onestop.catalogue.models import Channel, PublicOrganisation, PublicService
from onestop.catalogue.search import find, words
from onestop.catalogue.seed import seed_catalogue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue() -> None:
    seed_catalogue()


def slugs(query: str, language: str = "en") -> list[str]:
    return [service.slug for service in find(query, language)]


def test_seeding_again_changes_nothing() -> None:
    before = list(PublicService.objects.values()), Channel.objects.count(), slugs("rent")
    seed_catalogue()
    assert (list(PublicService.objects.values()), Channel.objects.count(), slugs("rent")) == before


def test_every_agency_of_the_country_is_listed_by_the_name_that_its_connection_has(client: Client) -> None:
    """A neighbour's register is none of this country's agencies."""
    connected = {spec.key: spec.name for spec in map(from_folder, registry.folders().values())}
    assert connected.pop("borealia")
    assert dict(PublicOrganisation.objects.values_list("key", "name")) == connected
    shown = unescape(client.get("/agencies").content.decode())
    assert [name for name in connected.values() if name not in shown] == []


def test_an_agencys_card_says_which_of_its_services_are_not_online(client: Client) -> None:
    shown = client.get("/agencies").content.decode()
    pension = shown.split('id="pen"')[1].split('id="hos"')[0]
    assert "Told when you use" in pension
    assert "Losing a relative" in pension
    assert "Not online yet" in pension
    moving = shown.split('id="npr"')[1].split("Moving house</a>")[1].split("</li>")[0]
    assert "Not online yet" not in moving


def test_every_service_can_be_had_without_a_computer() -> None:
    assert all(service.channels.exists() for service in PublicService.objects.all())


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("moving", "moving-house"),
        ("MOV", "moving-house"),
        ("change address", "moving-house"),
        ("baby", "having-a-child"),
        ("Low-income", "housing-allowance"),
    ],
)
def test_search_finds_words_and_their_beginnings(query: str, first: str) -> None:
    assert slugs(query)[0] == first


def test_search_speaks_the_language_of_the_page() -> None:
    assert slugs("انتقال", "ar")[0] == "moving-house"
    assert slugs("انتقال", "en") == []


def test_the_name_counts_more_than_the_text() -> None:
    assert slugs("house")[0] == "moving-house"


def test_every_word_must_be_found() -> None:
    assert slugs("moving submarine") == []


@pytest.mark.parametrize(
    "query",
    ["", "   ", "'", '"', "a' OR 1=1 --", "NEAR(", "*", "title:x", "<b>", ":*&|!", "\\", "\x00x"],
)
def test_signs_that_mean_something_to_an_index_are_harmless(query: str, client: Client) -> None:
    assert client.get("/search", {"q": query}).status_code == 200
    assert all(sign.isalnum() for word in words(query) for sign in word)


def test_a_long_query_is_cut(client: Client) -> None:
    assert client.get("/search", {"q": "move " * 5000}).status_code == 200


def test_an_empty_search_and_one_without_results_say_so(client: Client) -> None:
    assert "What are you looking for?" in client.get("/search").content.decode()
    assert "Nothing found" in client.get("/search?q=submarine").content.decode()


def test_the_query_is_shown_as_text(client: Client) -> None:
    assert "<script>alert" not in client.get("/search", {"q": "<script>alert(1)</script>"}).content.decode()


@pytest.mark.parametrize(
    "path", ["/", "/search?q=rent", "/life-events/moving", "/services/housing-allowance", "/agencies"]
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_answer_in_either_language(client: Client, path: str, language: str) -> None:
    response = client.get(path, headers={"accept-language": language})
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()
    assert len(response.content) < 30_000


def test_a_live_service_can_be_started_and_a_planned_one_cannot(client: Client) -> None:
    with translation.override("en"):
        assert "Start now" in client.get("/services/moving-house").content.decode()
        assert "Start now" not in client.get("/services/housing-allowance").content.decode()


@pytest.mark.parametrize("path", ["/services/none", "/life-events/none"])
def test_what_does_not_exist_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_rows(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        client.get("/")
    with django_assert_num_queries(3):
        client.get("/agencies")
    with django_assert_num_queries(6):
        client.get("/services/housing-allowance")


@pytest.mark.parametrize(
    "path", ["/services/moving-house", "/life-events/moving", "/agencies", "/search?q=rent"]
)
def test_a_slash_too_many_leads_to_the_page(client: Client, path: str) -> None:
    address, mark, query = path.partition("?")
    response = client.get(f"{address}/{mark}{query}")
    assert (response.status_code, response.headers["Location"]) == (302, path)
