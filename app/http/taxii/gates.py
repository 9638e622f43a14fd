"""Who may know of a resource, and who may use it: what is asked before a malformed request is refused.

A collection that the caller may not know of is NotKnown (404), like one that never was. One that it can see and may not
use so is NotPermitted (403).
"""

from app.errors import NotKnown, NotPermitted
from app.exchange import catalogue, push, withdraw
from app.http.route import Call


async def root_visible(call: Call) -> None:
    """The API root is one of the caller's."""
    await catalogue.api_root(call.exchange, call.requester, call.root)


async def collection_visible(call: Call) -> None:
    """The collection is one that the caller sees."""
    await catalogue.collection(call.exchange, call.requester, call.root, call.reference)


async def may_read(call: Call) -> None:
    """The caller sees the collection and may read it."""
    collection = await catalogue.collection(call.exchange, call.requester, call.root, call.reference)
    if not collection.can_read:
        raise NotPermitted("This account may not read this collection.")


async def may_write(call: Call) -> None:
    """The caller sees the collection and may write to it."""
    collection = await catalogue.collection(call.exchange, call.requester, call.root, call.reference)
    if not collection.can_write:
        raise NotPermitted(push.READ_ONLY)


async def may_withdraw(call: Call) -> None:
    """The caller may read and write the collection. Section 5.7 fixes the codes: 404 for neither, 403 for one."""
    collection = await catalogue.collection(call.exchange, call.requester, call.root, call.reference)
    if not (collection.can_read or collection.can_write):
        raise NotKnown
    if not (collection.can_read and collection.can_write):
        raise NotPermitted(withdraw.BOTH_RIGHTS)
