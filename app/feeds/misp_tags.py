"""What a tag of MISP says of who may have something: its level of TLP or PAP, however people write it."""

import re
from collections.abc import Collection
from typing import Final

from app.stix.unicode_forms import in_form
from app.visible_text import unseen_in

LEVEL: Final = re.compile(r"(tlp|pap):")
"""How a tag begins that says a level, once it is read."""

_SCHEME = r"(?:(?P<tlp>tlp|traffic ?light ?protocol)|(?P<pap>pap|permissible ?actions? ?protocol))"
_CLEAR = re.compile(
    rf"(?:iep |iep2 policy |ais marking )?{_SCHEME} ?(?:(?:colou?r|level|marking) ?)?"
    r"(?P<level>white|clear|green|amber(?P<strict> (?:\+ )?strict)?|red)"
)
"""A tag that says a level and nothing else, in small letters and with its words one blank apart."""

_WANTS_ONE = re.compile(
    r"tlp|traffic ?light ?protocol|pap(?: |$)|permissible ?actions? ?protocol"
    r"|.* (?:tlp ?|traffic ?light ?protocol )[^ ]"
    r"|.* (?:pap ?|permissible ?actions? ?protocol )(?:white|clear|green|amber|red)(?: |$)"
)
"""A tag that begins with the name of a protocol, or in which something stands behind one."""

_RESTRICTS = re.compile(
    r"(?:acs marking|de vs|dissemination|dni ism|euci|fr classif|nato"
    r"|thales group (?:distribution|minarm|acn|sigpart))(?: |$)"
)
"""Taxonomies of MISP that say who may have something by other means than TLP."""

_GALAXY = re.compile(r"\s*misp-galaxy\s*:([^=]*)", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s:=_.\-\u2010-\u2015/\"'\u2018-\u201f()\[\]]+")
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_SEPARATED = re.compile(r"\s*[^:=\s]+\s*[:=]")


class UnreadTag(ValueError):
    """A tag says who may have something, and nobody can say what it says; with the reason in a sentence."""


def level_of(tag: str, known: Collection[str]) -> str | None:
    """The level of those known that a tag says, as in `tlp:amber+strict`; None where it says none.

    Raises UnreadTag for what reads like a level and is none that is known, and for what restricts by another taxonomy.
    """
    # the name of a galaxy's cluster may be any
    galaxy = _GALAXY.match(tag)
    plain = in_form("NFKC", galaxy[1] if galaxy else tag).lower()
    words = " ".join(_WORD.findall(_SEPARATOR.sub(" ", plain).translate(dict.fromkeys(map(ord, unseen_in(plain))))))
    if found := _CLEAR.fullmatch(words):
        level = f"{'tlp' if found['tlp'] else 'pap'}:{'amber+strict' if found['strict'] else found['level']}"
        if level in known:
            return level
    if _WANTS_ONE.match(words):
        raise UnreadTag("reads like a level, and is none that is known")
    if _SEPARATED.match(plain) and _RESTRICTS.match(words):
        raise UnreadTag("says who may have it in a way that is not read")
    return None
