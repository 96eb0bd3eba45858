"""Run the docs command: `python -m pipelines.docs`."""

import sys

from .command import main

sys.exit(main(sys.argv[1:]))
