"""The mappings of feeds that one account may deliver by, as JSON: no resource of TAXII's."""

from app.taxii.resources import Count, Resource


class FeedEntry(Resource):
    """One mapping: `name` is its path below, `forms` are those that a delivery may have: `csv`, `json`, `list`, `misp`.

    A delivery has at most `bytes_max` octets, and gives at most `objects_max` objects.
    """

    name: str
    title: str
    forms: tuple[str, ...]
    bytes_max: Count
    objects_max: Count


class Feeds(Resource):
    """All of them, by name; `{}` where there is none."""

    feeds: tuple[FeedEntry, ...] = ()
