"""Searching services in the words of the person, by the full-text index of the database in use.

One table, `catalogue_search`: on SQLite an FTS5 table, on PostgreSQL a table with a tsvector. Each service
has a row in each language. Every word must be found; a word may be typed in part.
"""

import re

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext

from onestop.catalogue.models import PublicService

MOST_WORDS = 8
MOST_RESULTS = 30
LONGEST_QUERY = 200
_STATEMENTS = {
    "sqlite": (
        "SELECT slug FROM catalogue_search WHERE catalogue_search MATCH %s AND language = %s"
        " ORDER BY bm25(catalogue_search, 0, 0, 10.0, 1.0), slug LIMIT %s"
    ),
    "postgresql": (
        "SELECT slug FROM catalogue_search, to_tsquery('simple', %s) AS question"
        " WHERE words @@ question AND language = %s ORDER BY ts_rank(words, question) DESC, slug LIMIT %s"
    ),
}


def words(query: str) -> list[str]:
    """Return the words of a query, without the signs that mean something to an index."""
    return re.findall(r"[^\W_]+", query[:LONGEST_QUERY].casefold())[:MOST_WORDS]


def _expression(terms: list[str]) -> str:
    if connection.vendor == "sqlite":
        return " AND ".join(f'"{term}"*' for term in terms)
    return " & ".join(f"'{term}':*" for term in terms)


def find(query: str, language: str) -> list[PublicService]:
    """Return the services that have every word of the query, best first."""
    terms = words(query)
    if not terms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS[connection.vendor], [_expression(terms), language, MOST_RESULTS])
        slugs = [row[0] for row in cursor.fetchall()]
    found = PublicService.objects.in_bulk(slugs, field_name="slug")
    return [found[slug] for slug in slugs if slug in found]


def reindex() -> None:
    """Write the index anew for every service and language."""
    services = list(PublicService.objects.prefetch_related("life_events"))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalogue_search")
        for language, _ in settings.LANGUAGES:
            with translation.override(language):
                rows = [_row(service, language) for service in services]
            cursor.executemany(
                "INSERT INTO catalogue_search (slug, language, title, body) VALUES (%s, %s, %s, %s)", rows
            )


def _row(service: PublicService, language: str) -> tuple[str, str, str, str]:
    texts = [service.description, service.audience, service.keywords]
    texts += [event.name for event in service.life_events.all()]
    body = " ".join(gettext(text) for text in texts if text)
    return service.slug, language, gettext(service.name), body
