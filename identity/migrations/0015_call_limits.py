from typing import Any

from django.db import migrations, models


def without_log(apps: Any, editor: Any) -> None:
    """A crash may forget a minute of counting, and no call waits for a disk."""
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE identity_calllimit SET UNLOGGED")


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0014_pushing"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallLimit",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("calls", models.FloatField()),
                ("failures", models.FloatField()),
            ],
        ),
        migrations.RunPython(without_log, migrations.RunPython.noop),
    ]
