"""match[version], one object and its versions (TAXII 2.1 sections 3.4.1, 5.6 and 5.8)."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from app.probe.asking import Answer
from app.probe.judging import Check, DoesNotApply, Level, check
from app.probe.survey import Target
from app.probe.walking import by_next, has_more, instant, items_of, version_of, with_query

NEVER: Final = "1999-01-01T00:00:00.000Z"
NO_VERSIONS: Final = ("foo", "2020", "2020-01-01T00:00:00+01:00", "LAST")
BOTH: Final = ("objects", "manifest")


@check("T-FVER-01", "3.4.1", Level.MUST, "Without match[version], and with last, only the latest version comes.")
def the_last_version_is_the_default(target: Target) -> None:
    """The one with the greatest version, not the one that arrived last."""
    _, versions = target.several
    for asked in ("", "match[version]=last"):
        _demand_versions(target, asked, [max(versions, key=instant)])


@check("T-FVER-03", "3.4.1", Level.MUST, "match[version]=first gives the earliest version.")
def first_gives_the_earliest(target: Target) -> None:
    """The one with the smallest version."""
    _, versions = target.several
    _demand_versions(target, "match[version]=first", [min(versions, key=instant)])


@check("T-FVER-04", "3.4.1", Level.MUST, "match[version]=all gives all versions.")
def all_gives_all(target: Target) -> None:
    """Each once."""
    _, versions = target.several
    _demand_versions(target, "match[version]=all", versions)


@check("T-FVER-06", "3.4.1", Level.MUST, "match[version] with a timestamp gives exactly that version.")
def a_timestamp_gives_that_version(target: Target) -> None:
    """One that there is, and one that there is not."""
    _, versions = target.several
    earliest = min(versions, key=instant)
    _demand_versions(target, f"match[version]={quote(earliest, safe='')}", [earliest])
    _demand_versions(target, f"match[version]={NEVER}", [])


@check("T-FVER-07", "3.4.1", Level.ADVICE, "match[version] may mix keywords.")
def keywords_may_be_mixed(target: Target) -> None:
    """The first and the last, each once."""
    _, versions = target.several
    _demand_versions(target, "match[version]=first,last", [min(versions, key=instant), max(versions, key=instant)])


@check("T-FVER-05", "3.4.1", Level.MUST, "match[version]=all beside anything else is 400.")
def all_stands_alone(target: Target) -> None:
    """On objects and manifest."""
    for endpoint in BOTH:
        target.get(f"{target.here}{endpoint}/?match[version]=all,first&limit=1").demand_status(400)


@check("T-FVER-09", "3.4.1", Level.MUST, "A version that match[version] names twice is 400.")
def a_version_is_named_once(target: Target) -> None:
    """A keyword and a timestamp."""
    for asked in ("last,last", f"{NEVER},{NEVER}"):
        target.get(f"{target.here}objects/?match[version]={asked}&limit=1").demand_status(400)


@check("T-FVER-10", "3.4.1", Level.MUST, "A version that is neither keyword nor STIX timestamp is 400.")
def a_version_is_a_keyword_or_timestamp(target: Target) -> None:
    """No year alone, no offset, no capitals."""
    for asked in NO_VERSIONS:
        target.get(f"{target.here}objects/?match[version]={quote(asked, safe='')}&limit=1").demand_status(400)


@check("T-ONE-03", "5.6", Level.MUST, "One object, asked for by its id, comes in its latest version.")
def an_object_comes_in_its_latest_version(target: Target) -> None:
    """In an envelope of one."""
    object_id, versions = target.several
    _demand_object(target.get(target.object_path(object_id)), object_id, [max(versions, key=instant)])


@check("T-ONE-04", "5.6", Level.MUST, "match[version] works for one object.")
def an_object_comes_in_the_versions_asked_for(target: Target) -> None:
    """All, and the earliest."""
    object_id, versions = target.several
    path = target.object_path(object_id)
    _demand_object(target.get(f"{path}?match[version]=all"), object_id, versions)
    _demand_object(target.get(f"{path}?match[version]=first"), object_id, [min(versions, key=instant)])


@check("T-ONE-06", "5.6", Level.MUST, "A known object of which the filter leaves nothing is 200 without objects.")
def a_filter_that_leaves_nothing_is_no_404(target: Target) -> None:
    """Asked for by a version that it never had."""
    page = target.get(f"{target.object_path(target.one.id)}?match[version]={NEVER}").demand_status(200)
    page.demand("objects" not in page.resource, "no `objects`")


@check("T-ONE-08", "5.6", Level.SHOULD, "One object is what objects/ gives with match[id].")
def an_object_is_as_in_the_list(target: Target) -> None:
    """The same envelope."""
    alone = target.get(target.object_path(target.one.id)).demand_status(200)
    listed = target.get(f"{target.here}objects/?match[id]={quote(target.one.id, safe='')}").demand_status(200)
    wanted = [each for each in items_of(listed) if each.get("id") == target.one.id]
    alone.demand(items_of(alone) == wanted, "the object as objects/ gives it")


@check("T-VRS-01", "5.8", Level.MUST, "versions/ lists versions as strings.")
def versions_are_strings(target: Target) -> None:
    """At least one, of an object that there is."""
    page = target.get(f"{target.object_path(target.one.id)}versions/").demand_status(200)
    strings = all(isinstance(each, str) for each in items_of(page))
    page.demand(bool(items_of(page)) and strings, "`versions`, a list of strings")


@check("T-VRS-02", "5.8", Level.SHOULD, "versions/ lists what the manifest has with match[version]=all.")
def versions_are_those_of_the_manifest(target: Target) -> None:
    """Each once; the texts are compared."""
    object_id, _ = target.several
    page = target.get(f"{target.object_path(object_id)}versions/").demand_status(200)
    records = target.get(f"{target.here}manifest/?match[version]=all&match[id]={quote(object_id, safe='')}")
    found = [each for each in items_of(records.demand_status(200)) if each.get("id") == object_id]
    wanted = sorted(str(each.get("version")) for each in found)
    page.demand(sorted(map(str, items_of(page))) == wanted, f"{wanted}")


@check("T-VRS-09", "3.5", Level.ADVICE, "versions/ ascends by date added, as pages do.")
def versions_ascend_by_date(target: Target) -> None:
    """In the order of the manifest; else paging by dates breaks."""
    object_id, _ = target.several
    wanted = [row.version for row in target.versions if row.id == object_id]
    if len(wanted) < 2:
        raise DoesNotApply("the manifest does not tell the order of this object's versions")
    page = target.get(f"{target.object_path(object_id)}versions/").demand_status(200)
    page.demand(items_of(page) == wanted, f"{wanted}, in this order")


@check("T-ONE-07", "5.6, 5.8", Level.MUST, "One object and its versions are paged as lists are.")
def versions_are_paged(target: Target) -> None:
    """One at a time, along `next` where it is given."""
    object_id, versions = target.several
    path = target.object_path(object_id)
    for place, query in ((path, "match[version]=all"), (f"{path}versions/", "")):
        first = target.get(with_query(place, query, "limit=1")).demand_status(200)
        first.demand(has_more(first), "`more`: true, as there are several versions")
        if "next" in first.resource:
            walk = by_next(target.asker, place, query, 1)
            got = {str(version_of(each) if isinstance(each, Mapping) else each) for each in walk.items}
            once = len(walk.items) == len(got) == len(versions)
            first.demand(not walk.ended or once, f"{len(versions)} versions, each once, not {sorted(got)}")


def _demand_versions(target: Target, query: str, wanted: Sequence[str]) -> None:
    object_id, _ = target.several
    for endpoint in BOTH:
        path = with_query(f"{target.here}{endpoint}/", f"match[id]={quote(object_id, safe='')}", query)
        page = target.get(path).demand_status(200)
        field = "version" if endpoint == "manifest" else None
        found = [each for each in items_of(page) if each.get("id") == object_id]
        got = [str(each.get(field) if field else version_of(each)) for each in found]
        page.demand(sorted(map(instant, got)) == sorted(map(instant, wanted)), f"versions {list(wanted)}, not {got}")


def _demand_object(page: Answer, object_id: str, wanted: Sequence[str]) -> None:
    found = items_of(page.demand_status(200))
    got = [str(version_of(each)) for each in found if each.get("id") == object_id]
    page.demand(len(got) == len(found), f"{object_id} alone")
    page.demand(sorted(map(instant, got)) == sorted(map(instant, wanted)), f"versions {list(wanted)}, not {got}")


CHECKS: Final[Sequence[Check]] = (
    the_last_version_is_the_default,
    first_gives_the_earliest,
    all_gives_all,
    a_timestamp_gives_that_version,
    keywords_may_be_mixed,
    all_stands_alone,
    a_version_is_named_once,
    a_version_is_a_keyword_or_timestamp,
    an_object_comes_in_its_latest_version,
    an_object_comes_in_the_versions_asked_for,
    a_filter_that_leaves_nothing_is_no_404,
    an_object_is_as_in_the_list,
    versions_are_strings,
    versions_are_those_of_the_manifest,
    versions_ascend_by_date,
    versions_are_paged,
)
