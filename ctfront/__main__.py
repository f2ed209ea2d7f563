"""`python -m ctfront`."""

from ctfront.cli import main

main()
