"""Whose log an account reads: its organisation's, or one of its own once a collection's file has named it for RED.

An account's own log begins as a copy of its organisation's, dates included, in the transaction that names it. So the
account is shown no less at any instant, goes on from whatever it had come to, and is not sent anything twice. It keeps
that log, also when it is named no longer: the dates under which it has received are that log's, and a poller is never
sent back to another's.
"""

from collections.abc import Iterator, Sequence

from app.exchange.identify import Requester
from app.policy.partnership import Terms
from app.storage import revisions
from app.storage.engine import Transaction
from app.storage.revisions import AudienceRow, CollectionRow, Log


def choose_log(logs: Sequence[Log], requester: Requester, *, shared: bool = False) -> Log:
    """Of the logs of the requester's organisation in one collection, the one that this account reads.

    With `shared`, the one of its organisation's other accounts. Audiences are made when a revision is applied, so
    a member has one.
    """
    by_account = {log.audience.red_account: log for log in logs}
    own = None if shared else by_account.get(requester.qualified_name)
    return own or by_account[""]


def audience_of(transaction: Transaction, collection: CollectionRow, requester: Requester) -> AudienceRow:
    """The audience of this account in a collection of a partnership that its partner is a member of."""
    own = [row for row in revisions.audiences(transaction, [collection.id]) if row.partner == requester.partner]
    return choose_log([Log(row, 0, 0) for row in own], requester).audience


def audiences_under(terms: Terms, collection_uuid: str) -> Iterator[tuple[str, str]]:
    """Who is to have a log of the collection under these terms: each member, then each account named for RED.

    As (member, account), with an empty account for the log of the member's other accounts.
    """
    known = terms.partnership.collection_by_id(collection_uuid)
    if known is not None:
        yield from ((member, "") for member in sorted(terms.partnership.members))
        yield from ((name.partition("/")[0], name) for name in sorted(known.release.red))
