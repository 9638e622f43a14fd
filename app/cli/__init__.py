"""`comity`: the operator's commands, one module for each group."""

import gc

__all__ = ["main"]


def main() -> None:
    """Run one command and end the process with its exit status.

    A command's modules are imported here, so that the workers of a server do without them, and without looking for
    garbage among them, where there never is any.
    """
    gc.disable()
    from app.cli.command import main as command

    gc.freeze()
    gc.enable()
    command()
