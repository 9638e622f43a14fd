"""The exports of a collection as one account is told of them, as JSON: no resource of TAXII's."""

from app.taxii.resources import Resource


class ExportEntry(Resource):
    """One export: `name` is its path below. Without `kinds` it holds all that its form can hold, and without
    `confidence_min` also what names no confidence, unless a request says otherwise.
    """

    name: str
    title: str
    form: str
    kinds: tuple[str, ...] = ()
    confidence_min: int | None = None


class Exports(Resource):
    """All of them, by name; `{}` where there is none."""

    exports: tuple[ExportEntry, ...] = ()
