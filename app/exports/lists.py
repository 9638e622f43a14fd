"""Plain lists, a value a line, as firewalls and resolvers fetch them."""

from collections.abc import Sequence
from typing import Final

from app.exports.formats import Order
from app.exports.told import Told
from app.exports.value_forms import HASHES, ValueForm, is_one_word, without_scheme


def _write(told: Sequence[Told], order: Order) -> str:
    lines = (each.value.value if order.format.scheme else without_scheme(each.value) for each in told)
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))


LIST: Final = ValueForm(
    media_type="text/plain; charset=utf-8",
    kinds=HASHES | {"ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr"},
    takes=is_one_word,
    write=_write,
)
