"""What an object refers to, in whatever property."""

from app.stix.references import references_in

UUID = "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"


def test_references_stand_at_any_depth_and_are_those_of_no_rule_of_their_own() -> None:
    tree = {
        "id": f"report--{UUID}",
        "created_by_ref": f"identity--{UUID}",
        "object_refs": [f"malware--{UUID}", "0", 5],
        "x_self_ref": f"report--{UUID}",
        "x_within": [{"x_seen_ref": f"campaign--{UUID}"}],
    }
    assert references_in(tree) == {("object_refs", f"malware--{UUID}"), ("x_seen_ref", f"campaign--{UUID}")}


def test_a_custom_reference_in_capitals_refers_to_the_same_object() -> None:
    tree = {"id": f"report--{UUID}", "x_seen_ref": f"malware--{UUID.upper()}", "x_self_ref": f"report--{UUID.upper()}"}
    assert references_in(tree) == {("x_seen_ref", f"malware--{UUID}")}
