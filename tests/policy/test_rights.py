"""Which collections a member knows of, and what its accounts may do there."""

import pytest

from app.policy.partnership import CollectionTerms, Role
from app.policy.rights import may_read, may_see, may_write

NAMED = {
    "nowhere": ((), False, False, False),
    "under `listed`": (("listed",), True, False, False),
    "under `read`": (("read",), True, True, False),
    "under `write`": (("write",), True, False, True),
    "under `read` and `write`": (("read", "write"), True, True, True),
}


@pytest.mark.parametrize(("keys", "sees", "reads", "writes"), NAMED.values(), ids=NAMED.keys())
def test_what_a_member_may_do_follows_from_where_it_is_named(keys, sees, reads, writes):
    others = {key: frozenset({"somebody-else"}) for key in ("read", "write", "listed")}
    named = {key: frozenset({"somebody-else", "wind-isac"}) for key in keys}
    collection = CollectionTerms("indicators", "", "", **{**others, **named})
    assert may_see(collection, "wind-isac") is sees
    assert may_read(collection, "wind-isac") is reads
    assert may_write(collection, "wind-isac", Role.FEEDER) is writes


@pytest.mark.parametrize("role", Role)
def test_feeders_alone_write(role):
    collection = CollectionTerms("indicators", "", "", write=frozenset({"wind-isac"}))
    assert may_write(collection, "wind-isac", role) is (role is Role.FEEDER)
