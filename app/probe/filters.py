"""match[id], match[type] and match[spec_version], and how filters combine (TAXII 2.1 section 3.4)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from app.probe.asking import Answer
from app.probe.judging import Check, DoesNotApply, Level, check
from app.probe.survey import Target
from app.probe.walking import Row, items_of, with_query

SIZE: Final = "limit=5"
STIX_TYPES: Final = ("mutex", "opinion", "grouping", "windows-registry-key", "sighting", "campaign", "tool")
BOTH: Final = ("objects", "manifest")


@check("T-FID-01", "3.4.1", Level.MUST, "match[id] gives that object and no other.")
def match_id_selects_one(target: Target) -> None:
    """On objects and manifest."""
    _demand_ids(target, _by_id(target.one), [target.one.id])


@check("T-FID-02", "3.4.1", Level.MUST, "match[id] with several ids gives each of them.")
def match_id_selects_several(target: Target) -> None:
    """The order is judged for all pages alike."""
    one, *_, other = target.window().rows
    _demand_ids(target, _by_id(other, one), [one.id, other.id])


@check("T-FID-03", "3.4.1", Level.SHOULD, "match[id] with an id that nothing has gives nothing, with 200.")
def an_unknown_id_matches_nothing(target: Target) -> None:
    """On a list this is no 404."""
    for page in _both(target, f"match[id]=indicator--{target.unknown}"):
        page.demand(not items_of(page), "nothing")


@check("T-FTYPE-01", "3.4.1", Level.MUST, "match[type] gives objects of that type and no other.")
def match_type_selects(target: Target) -> None:
    """On the manifest it looks at the object as well."""
    for kind in sorted({_type(row) for row in target.window(count=1).rows}):
        for page in _both(target, f"match[type]={kind}"):
            types = {str(each.get("id")).partition("--")[0] for each in items_of(page)}
            page.demand(types == {kind}, f"objects of type {kind} alone, not {sorted(types)}")


@check("T-FTYPE-02", "3.4.1", Level.MUST, "A STIX type of which there is nothing is no error.")
def an_absent_type_is_no_error(target: Target) -> None:
    """200 without a list."""
    held = {_type(row) for row in target.rows}
    for kind in [each for each in STIX_TYPES if each not in held][:2]:
        for page in _both(target, f"match[type]={kind}"):
            page.demand(not target.manifest.ended or not items_of(page), f"nothing, as there is no {kind}")


@check("T-FLT-02", "3.4", Level.MUST, "The values of one filter are alternatives.")
def values_of_a_filter_are_alternatives(target: Target) -> None:
    """Two types and the ids of one object of each."""
    one, other = _of_two_types(target)
    _demand_ids(target, f"match[type]={_type(one)},{_type(other)}&{_by_id(one, other)}", [one.id, other.id])


@check("T-FLT-01", "3.4", Level.MUST, "Different filters all have to match.")
def filters_all_have_to_match(target: Target) -> None:
    """The type of one object and the id of another."""
    one, other = _of_two_types(target)
    _demand_ids(target, f"match[type]={_type(one)}&{_by_id(other)}", [])


@check("T-FLT-03", "3.4", Level.MUST, "A filter that occurs twice is 400.")
def a_filter_occurs_once(target: Target) -> None:
    """Each filter on each endpoint that offers it."""
    offered = {name: ["id", "type", "version", "spec_version"] for name in BOTH}
    offered |= {"object": ["version", "spec_version"], "versions": ["spec_version"]}
    values = {"id": f"indicator--{target.unknown}", "type": "indicator", "version": "last", "spec_version": "2.1"}
    for endpoint, path in target.page_endpoints().items():
        for name in offered[endpoint]:
            one = f"match[{name}]={values[name]}"
            target.get(f"{path}?{one}&{one}&limit=1").demand_status(400)


@check("T-FLT-06", "RFC 3986", Level.SHOULD, "Brackets may be percent-encoded.")
def brackets_may_be_encoded(target: Target) -> None:
    """Most client libraries encode them."""
    plain = target.get(f"{target.here}manifest/?{_by_id(target.one)}&{SIZE}").demand_status(200)
    query = _by_id(target.one).replace("[", "%5B").replace("]", "%5D")
    encoded = target.get(f"{target.here}manifest/?{query}&{SIZE}").demand_status(200)
    encoded.demand(encoded.json == plain.json, "the page as with plain brackets")


@check("T-FSPEC-01", "3.4.1", Level.MUST, "match[spec_version] gives objects of that STIX version and no other.")
def match_spec_version_selects(target: Target) -> None:
    """Observables without the property count as 2.1, other objects as 2.0."""
    target.at_least(1)
    for version in ("2.0", "2.1"):
        path = f"{target.here}objects/?match[spec_version]={version}&{SIZE}"
        page = target.get(path).demand_status(200)
        for stix in items_of(page):
            page.demand(_spec_version(stix) == version, f"no {_spec_version(stix)} object {stix.get('id')}")


@check("T-FSPEC-02", "3.4.1", Level.MUST, "match[spec_version] with both versions leaves nothing out.")
def both_spec_versions_give_all(target: Target) -> None:
    """For one object of the collection."""
    oldest = target.at_least(1)[0]
    for page in _both(target, f"match[spec_version]=2.0,2.1&{_by_id(oldest)}"):
        page.demand(oldest.id in [each.get("id") for each in items_of(page)], oldest.id)


@check("T-MAN-08", "5.3, 3.4", Level.MUST, "Filters mean the same for manifest and objects.")
def manifest_and_objects_filter_alike(target: Target) -> None:
    """The same ids."""
    row = target.one
    queries = (f"match[type]={_type(row)}", "match[version]=first", "match[version]=all", "match[spec_version]=2.1")
    for query in queries:
        objects, manifest = _both(target, query)
        ids = sorted(str(each.get("id")) for each in items_of(objects))
        manifest.demand(sorted(str(each.get("id")) for each in items_of(manifest)) == ids, f"{ids}, as objects/ gives")


def _both(target: Target, query: str, *other_statuses: int) -> list[Answer]:
    paths = [with_query(f"{target.here}{endpoint}/", query, SIZE) for endpoint in BOTH]
    return [target.get(path).demand_status(200, *other_statuses) for path in paths]


def _demand_ids(target: Target, query: str, wanted: Sequence[str]) -> None:
    for page in _both(target, query, *([404] if not wanted else [])):
        ids = [each.get("id") for each in items_of(page)]
        page.demand(sorted(ids) == sorted(wanted), f"{list(wanted) or 'nothing'}, not {ids}")


def _by_id(*rows: Row) -> str:
    return "match[id]=" + ",".join(quote(row.id, safe="") for row in rows)


def _type(row: Row) -> str:
    return row.id.partition("--")[0]


def _of_two_types(target: Target) -> tuple[Row, Row]:
    rows = target.window(count=1).rows
    for other in rows:
        if _type(other) != _type(rows[0]):
            return rows[0], other
    raise DoesNotApply("the objects that were looked at are all of one type")


def _spec_version(stix: Mapping[str, Any]) -> str:
    return str(stix.get("spec_version", "2.0" if "created" in stix else "2.1"))


CHECKS: Final[Sequence[Check]] = (
    match_id_selects_one,
    match_id_selects_several,
    an_unknown_id_matches_nothing,
    match_type_selects,
    an_absent_type_is_no_error,
    values_of_a_filter_are_alternatives,
    filters_all_have_to_match,
    a_filter_occurs_once,
    brackets_may_be_encoded,
    match_spec_version_selects,
    both_spec_versions_give_all,
    manifest_and_objects_filter_alike,
)
