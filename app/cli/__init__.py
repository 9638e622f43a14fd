"""`comity`: the operator's commands, one module for each group."""

from app.cli.command import main

__all__ = ["main"]
