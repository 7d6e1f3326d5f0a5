"""`python -m gradkit` is `gradkit`."""

import sys

from gradkit.cli import run

sys.exit(run())
