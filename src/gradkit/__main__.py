"""`python -m gradkit` is `gradkit`."""

import sys

from gradkit.cli import main

sys.exit(main())
