"""What identifies people lies sealed, and so do sessions: those from before are ended."""

from django.db import migrations

from onestop.lib.sealed_fields import BlindIndex, SealedText
from onestop.lib.sealing_columns import sealing


def end_sessions(apps, editor):
    apps.get_model("sessions", "Session").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0012_saml'),
        ('sessions', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='email_index',
            field=BlindIndex(of='email', purpose='user.email'),
        ),
        *sealing(
            'identity',
            'user',
            {
                'birth_name': SealedText(blank=True, max_length=200),
                'date_of_birth': SealedText(blank=True, help_text='ISO; a year or month may be all', max_length=10),
                'email': SealedText(blank=True, max_length=254),
                'family_name': SealedText(blank=True, max_length=200),
                'given_name': SealedText(blank=True, max_length=200),
                'place_of_birth': SealedText(blank=True, max_length=200),
                'telephone': SealedText(blank=True, max_length=40),
            },
            followed_by=['email_index'],
        ),
        migrations.RunPython(end_sessions, migrations.RunPython.noop),
    ]
