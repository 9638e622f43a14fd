"""Plain lists, a value a line, as firewalls and resolvers fetch them."""

from collections.abc import Sequence
from typing import Final

from app.exports.formats import Order
from app.exports.roles import TO_ACT_ON
from app.exports.told import Told
from app.exports.value_forms import HASHES, ValueForm, is_one_word, line_of


def _write(told: Sequence[Told], order: Order) -> str:
    lines = (line_of(each.value, scheme=order.format.scheme) for each in told)
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))


def _takes(told: Told) -> bool:
    return told.role in TO_ACT_ON and is_one_word(told.value)


LIST: Final = ValueForm(
    media_type="text/plain; charset=utf-8",
    kinds=HASHES | {"ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr"},
    takes=_takes,
    write=_write,
)
