"""`python -m onestop` is the command `onestop`."""

import sys

from onestop.cli import main

sys.exit(main())
