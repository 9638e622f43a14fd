"""The agreement that the measurements run under: one partnership for each question, as files."""

from collections.abc import Mapping

AUDIENCES = 10

MEMBERS = tuple(f"reader-{number}" for number in range(AUDIENCES))

PARTNERS = "host: feed\npartners:\n" + "".join(
    f"  {name}: {{name: {name}, identities: []}}\n" for name in ("feed", "broad", "narrow", *MEMBERS)
)


def _partnership(root: str, members: str, read: str, ids: Mapping[str, str]) -> str:
    collections = "".join(
        f"""
  {alias}:
    id: {uuid}
    title: {alias}
    read: {read}
    write: [feed]
    release: {{tlp: [clear, green, amber], unmarked: amber, granular: withhold}}
    intake: {{types: all, tlp: all, unmarked: amber, ownership: creator}}
"""
        for alias, uuid in ids.items()
    )
    return (
        f"partnership: {root}\ntitle: {root}\n"
        "agreement: {reference: none, effective: 2020-01-01, expires: 2100-01-01}\n"
        f"members:\n{members}collections:{collections}"
    )


FILES: Mapping[str, str] = {
    "partners.yaml": PARTNERS,
    # `broad` is cleared for everything, `narrow` for the few objects that are AMBER.
    "reading.yaml": _partnership(
        "reading",
        "  feed: {tlp: all}\n  broad: {tlp: [clear, green, amber]}\n  narrow: {tlp: [amber]}\n",
        "[broad, narrow]",
        {"large": "0a3f4b52-6d1e-4c7a-8f90-1b2c3d4e5f60", "small": "1b4a5c63-7e2f-4d8b-9a01-2c3d4e5f6071"},
    ),
    "one.yaml": _partnership("one", "  feed: {tlp: all}\n", "all", {"pushed": "2c5b6d74-8f30-4e9c-8b12-3d4e5f607182"}),
    "ten.yaml": _partnership(
        "ten",
        "  feed: {tlp: all}\n" + "".join(f"  {name}: {{tlp: all}}\n" for name in MEMBERS[1:]),
        "all",
        {"pushed": "3d6c7e85-9041-4fad-9c23-4e5f60718293"},
    ),
}
