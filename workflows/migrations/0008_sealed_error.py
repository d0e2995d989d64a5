"""Why a job failed lies sealed: an agency's words may name a person."""

from django.db import migrations

from onestop.lib.sealed_fields import SealedText
from onestop.lib.sealing_columns import sealing


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0007_uploads'),
    ]

    operations = sealing('workflows', 'job', {'error': SealedText(blank=True, max_length=1000)})
