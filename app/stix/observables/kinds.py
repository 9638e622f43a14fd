"""The kinds of values, and the names by which people call them."""

CVE = "cve"
ATTACK = "mitre-attack"


def kind_named(name: str) -> str | None:
    """The kind that people mean: `sha256` is `SHA-256`, `ip` … None where there is none of that name."""
    raise NotImplementedError
