"""An export as a whole: rows and a format in, octets out."""

from collections.abc import Mapping, Sequence
from typing import Final

from app.errors import AnswerTooLarge, NotKnown
from app.exports import stix_texts
from app.exports.cutting_off import cuts_off
from app.exports.formats import OF_OBJECTS, ExportFormat, Form, Order, Shown, Written
from app.exports.lists import LIST
from app.exports.misp import MISP
from app.exports.suricata import SURICATA
from app.exports.tables import CSV
from app.exports.told import Told, told_by
from app.exports.value_forms import ValueForm
from app.exports.zeek import ZEEK

VALUE_FORMS: Final[Mapping[Form, ValueForm]] = {
    Form.LIST: LIST,
    Form.CSV: CSV,
    Form.SURICATA: SURICATA,
    Form.ZEEK: ZEEK,
    Form.MISP: MISP,
}
NARROWER: Final = "Ask for less with kind, confidence_min or added_after."


def write(order: Order, shown: Sequence[Shown]) -> Written:
    """The export of these rows, which are in the order of their dates.

    Raises NotKnown where the format has no such file, AnswerTooLarge where there are more values than the order allows.
    """
    wanted = order.format
    if order.file and wanted.form is not Form.MISP:
        raise NotKnown
    if wanted.form in OF_OBJECTS:
        as_lines = wanted.form is Form.NDJSON
        body = stix_texts.lines(shown) if as_lines else stix_texts.bundle(shown)
        media_type = stix_texts.NDJSON_TYPE if as_lines else stix_texts.BUNDLE_TYPE
        return Written(body, media_type, frozenset(each.key for each in shown))
    form = VALUE_FORMS[wanted.form]
    told = [each for each in told_by(shown) if _wanted(each, wanted, form)]
    if len(told) > order.values_max:
        raise AnswerTooLarge(f"An export of up to {order.values_max} values is given. {NARROWER}")
    text = form.write(told, order).encode("utf-8", "replace")
    media_type = form.media_types.get(order.file, form.media_type)
    return Written(text, media_type, frozenset(each.by.key for each in told))


def kinds_of(form: Form) -> frozenset[str] | None:
    """The kinds that a form can hold: None for any, and none for those that hold objects."""
    return frozenset() if form in OF_OBJECTS else VALUE_FORMS[form].kinds


def is_for_machines(form: Form) -> bool:
    """Whether machines act on what such an export holds, so that some values are left out of it."""
    return form not in OF_OBJECTS and not VALUE_FORMS[form].for_people


def _wanted(told: Told, wanted: ExportFormat, form: ValueForm) -> bool:
    kind = told.value.kind
    if wanted.kinds is not None and kind not in wanted.kinds:
        return False
    if not (form.kinds is None or kind in form.kinds) or not form.takes(told):
        return False
    return form.for_people or not cuts_off(told.value, private=wanted.private)
