"""What people type and paste: defanged values, and values that don't say of what kind they are."""


def refang(text: str) -> str:
    """The value that a defanged text stands for: `hxxps[://]example[.]org` is `https://example.org`.

    Space around it goes, too. A text that is not defanged stays as it is.
    """
    raise NotImplementedError


def kinds_of(text: str) -> tuple[str, ...]:
    """The kinds that a free text value, already refanged, may be of; the most telling first, never empty.

    A form that says it all gives its kinds alone (an address, a URL, a hash …: a hash may be of several algorithms);
    a name with dots may be a domain name or a file; anything else may be any of the kinds that are free text.
    """
    raise NotImplementedError
