"""The checks that every adapter must pass, shipped for those who make one: see :mod:`.contract`.

Importing this sets the portal up where a test runner has not, so that a package's own tests need no more.
"""

import os

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
if not apps.ready and not apps.app_configs:
    django.setup()
