"""`python -m groundup`, where the `groundup` script is not on the path."""

import sys

from groundup.cli import main

sys.exit(main())
