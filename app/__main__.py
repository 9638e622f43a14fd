"""`python -m app` is the `comity` command."""

from app.cli import main

if __name__ == "__main__":
    main()
