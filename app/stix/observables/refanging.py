"""Defanged values: what people paste so that nobody clicks on it."""

import re

REFANGED_MAX = 8192
"""Characters. A longer text is nothing that people defang, and stays as it is."""

ROUNDS_MAX = 8
"""Each undoes one to three brackets around a sign. What has more of them than all undo stays as it is."""

_SCHEME = re.compile(
    r"(h(?:xx|tt|xt|tx|\*\*)p|f(?:x|t)p)(s?) ?(?:[\[({]://[\])}]|[\[({]?:[\])}]?//|:\\\\) ?", re.IGNORECASE
)
_DOT = re.compile(r" ?[\[({<]{1,3} ?(?:\.|dot|punkt|punto) ?[\])}>]{1,3} ?", re.IGNORECASE)
_HALF_DOT = re.compile(r"[\[({]\.(?=[\w-])|(?<=[\w-])\.[\])}]")
_AT = re.compile(r" ?[\[({<]{1,3} ?(?:@|at) ?[\])}>]{1,3} ?", re.IGNORECASE)
_COLON = re.compile(r"[\[({]:[\])}]")
_SLASH = re.compile(r"[\[({]/[\])}]")
_BRACKET = re.compile(r"[\[({<\])}>]")
_SPACE = re.compile(r"\s")
_DOT_OF_PATH = re.compile(r"\[{1,3}\.\]{1,3}|\[{1,3}dot\]{1,3}", re.IGNORECASE)


def refang(text: str) -> str:
    """The value that a defanged text stands for: `hxxps[://]example[.]org` is `https://example.org`.

    Space around it goes, too. A text that is not defanged stays as it is.
    """
    written = before = text.strip()
    if len(written) > REFANGED_MAX:
        return written
    for _ in range(ROUNDS_MAX):
        after = _once(before)
        if after == before:
            return after
        before = after
    return written


def _once(text: str) -> str:
    scheme = _SCHEME.match(text)
    start = ""
    if scheme is not None:
        start = f"{'ftp' if scheme[1][0] in 'fF' else 'http'}{scheme[2].lower()}://"
        text = text[scheme.end() :]
    head, slash, rest = _SLASH.sub("/", text).partition("/")
    plain = head
    if _BRACKET.search(head):
        plain = _AT.sub("@", _HALF_DOT.sub(".", _DOT.sub(".", _COLON.sub(":", head))))
    if "\\" in plain or _SPACE.search(plain):
        # a path or a sentence: what looks like a defanged sign in it is its own
        return start + text if scheme is not None else text
    return (start + plain + slash + _DOT_OF_PATH.sub(".", rest)).strip()
