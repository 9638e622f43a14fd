"""What covers a value, and what lies in it, as keys of the index."""

from dataclasses import dataclass

from app.stix.observables.forms import IndexKey


@dataclass(frozen=True, slots=True)
class KeyRange:
    """All keys of one kind from `first` on and below `end`, compared byte by byte."""

    kind: str
    first: str
    end: str


def covering(kind: str, value: str) -> tuple[IndexKey, ...]:
    """The keys under which something that covers the value may stand, the value's own key first; each once.

    * an address or a network: itself, and every network that holds all of it (33 or 129 keys at the most),
    * a domain name: itself and its parents, down to the one that can be registered,
    * a URL: itself (also with or without `http://` and `https://` where it has none), its host, and what covers that,
    * an e-mail address: itself, its domain, and what covers that,
    * an ATT&CK sub-technique: itself and its technique,
    * anything else: itself.
    """
    raise NotImplementedError


def contained(kind: str, value: str) -> KeyRange | None:
    """The range in which exactly the value and everything of its kind that lies in it stand.

    For a network: networks and addresses in it; for a domain name: the names below it; for an ATT&CK technique: its
    sub-techniques. None for kinds that hold nothing (a single address, a hash …).
    """
    raise NotImplementedError
