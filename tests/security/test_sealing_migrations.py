"""Rows from before columns were sealed: converted with their blind index, and back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("identity", "0012_saml")]
AFTER = [("identity", "0013_sealed_people")]


def migrated(where: list[tuple[str, str]]) -> object:
    executor = MigrationExecutor(connection)
    executor.migrate(where)
    return executor.loader.project_state(where).apps.get_model("identity", "User")


@pytest.mark.django_db(transaction=True)
def test_people_from_before_are_sealed_and_found() -> None:
    from identity.models import User as Now

    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    User = migrated(BEFORE)
    User.objects.create(given_name="Måria", email="M.Lind@Example.org", password="x")  # type: ignore[attr-defined]
    try:
        User = migrated(AFTER)
        row = User.objects.get()  # type: ignore[attr-defined]
        assert (row.given_name, row.email, row.family_name) == ("Måria", "M.Lind@Example.org", "")
        with connection.cursor() as cursor:
            cursor.execute("SELECT given_name, email, family_name FROM identity_user")
            given, email, family = map(bytes, cursor.fetchone())
        assert b"ria" not in given
        assert b"xample" not in email
        assert family == b""
        User = migrated(BEFORE)
        row = User.objects.get()  # type: ignore[attr-defined]
        assert (row.given_name, row.email) == ("Måria", "M.Lind@Example.org")
    finally:
        MigrationExecutor(connection).migrate(newest)
    assert Now.objects.with_email("m.lind@example.ORG").get().given_name == "Måria"
