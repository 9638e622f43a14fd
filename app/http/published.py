"""What every account may read about this installation, and the limits of its requests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """The public face of the exchange.

    `base_url` is the public address without a path, such as `https://exchange.example`; it comes from the settings and
    never from a request, whose Host header is the caller's to choose.
    """

    base_url: str
    title: str
    description: str | None
    contact: str | None
    content_length_bytes_max: int
    query_chars_max: int
