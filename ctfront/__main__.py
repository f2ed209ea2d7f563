"""`ctfront`, also as `python -m ctfront`: a server's client where one runs, else the program itself."""

import sys


def main() -> None:
    """Run."""
    from ctfront.server.client import hand_over

    hand_over(sys.argv[1:])
    from ctfront.cli import main as run

    run()


if __name__ == "__main__":
    main()
