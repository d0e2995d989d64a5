"""The WSGI application of either role, in a process that says of itself that it serves pages."""

import os

from django.core.wsgi import get_wsgi_application

from adapters.delivery import pulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
application = get_wsgi_application()
pulse.serve()
