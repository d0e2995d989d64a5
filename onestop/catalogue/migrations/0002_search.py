"""The full-text index of services: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL."""

from django.db import migrations

CREATE = {
    "sqlite": [
        "CREATE VIRTUAL TABLE catalogue_search USING fts5(slug UNINDEXED, language UNINDEXED, title, body,"
        " tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')"
    ],
    "postgresql": [
        "CREATE TABLE catalogue_search (slug text NOT NULL, language text NOT NULL, title text NOT NULL,"
        " body text NOT NULL, words tsvector GENERATED ALWAYS AS (setweight(to_tsvector('simple', title), 'A')"
        " || setweight(to_tsvector('simple', body), 'D')) STORED, PRIMARY KEY (slug, language))",
        "CREATE INDEX catalogue_search_words ON catalogue_search USING gin (words)",
    ],
}


def create(apps, schema_editor):
    """Create the table in the way of the database in use."""
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Take it away again."""
    schema_editor.execute("DROP TABLE catalogue_search")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
