from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0016_single_logout"),
    ]

    operations = [
        migrations.AlterField(
            model_name="recordentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("read", "Somebody read it"),
                    ("asked", "A register was asked"),
                    ("told", "An agency was told"),
                    ("exported", "The person took a copy"),
                    ("erased", "Data was erased"),
                    ("linked", "An e-ID opens the account"),
                    ("unlinked", "An e-ID opens the account no more"),
                    ("factor", "What the person signs in with was changed"),
                    ("set-up", "How the portal works was changed"),
                ],
                max_length=12,
            ),
        ),
    ]
