"""What an agency said of a call lies sealed: it may name a person."""

from django.db import migrations

from onestop.lib.sealed_fields import SealedText
from onestop.lib.sealing_columns import sealing


class Migration(migrations.Migration):

    dependencies = [
        ('adapters', '0009_exchange_indexes'),
    ]

    operations = sealing('adapters', 'exchange', {'detail': SealedText(blank=True, max_length=1000)})
