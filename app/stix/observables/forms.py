"""The normal form of a value, and the key that it is indexed under."""

from dataclasses import dataclass

from app.stix.patterns import Observable

KEY_BYTES_MAX = 512
"""In UTF-8. A longer key is cut, and ends in its digest: PostgreSQL indexes nothing longer than a third of a page."""


@dataclass(frozen=True, slots=True)
class IndexKey:
    """What stands in the index for one value: two values of one key are the same value.

    `key` is compared byte by byte (`COLLATE "C"`), is at most KEY_BYTES_MAX bytes long and holds no U+0000:

    * `ipv4-addr`, `ipv6-addr`: the first address of the network in hexadecimal digits (8 or 32) and the length of its
      prefix (2 or 3 digits), `c6336400/24`; an address is a network of full length, `c6336407/32`,
    * `domain-name`: its labels from the right, each with a dot behind it, `org.example.www.`,
    * anything else: the normal form, and for texts without regard to letter case.
    """

    kind: str
    key: str


def normal(kind: str, value: str) -> Observable:
    """The value in its one normal form, under its kind: `2001:DB8::0` is `2001:db8::`, `Example.ORG.` `example.org`.

    The kind may change: an IPv4 address written as IPv6 is an `ipv4-addr`, and so is a `domain-name` that is one.
    A normal form is its own normal form.
    """
    raise NotImplementedError


def index_key(kind: str, value: str) -> IndexKey:
    """The key of a value, whatever way it is written: `index_key(kind, value)` is that of its normal form."""
    raise NotImplementedError
