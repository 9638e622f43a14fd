"""Who is known and who is not (TAXII 2.1 sections 1.6.9 and 5; RFC 9110 section 11, RFC 7617).

A wrong password is tried for an account that does not exist, so that nobody's is locked.
"""

import re
from collections.abc import Sequence
from typing import Final

from app.probe.asking import Answer, basic
from app.probe.judging import Check, DoesNotApply, Level, check
from app.probe.survey import DISCOVERY, Target

MALFORMED: Final = ("Basic", "Basic !!!", "Basic bm9jb2xvbg==")
_CHALLENGE: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: +\S.*)?")


@check("T-SEC-09", "RFC 9110, 15.5.2", Level.MUST, "A 401 tells how to authenticate.")
def a_401_has_a_challenge(target: Target) -> None:
    """WWW-Authenticate, on every endpoint that refuses a request without credentials."""
    refused = [answer for answer in _anonymous(target) if answer.status == 401]
    if not refused:
        raise DoesNotApply("no request without credentials was answered 401")
    for answer in refused:
        answer.demand(bool(_CHALLENGE.fullmatch(answer.headers.get("WWW-Authenticate", ""))), "WWW-Authenticate")


@check("T-SEC-15", "5.1 to 5.8", Level.MUST, "On the collections' endpoints a failed authentication is 401 or 404.")
def a_failed_authentication_is_401_or_404(target: Target) -> None:
    """Neither 200, nor 403, nor a redirect to a page for people."""
    if target.asker.authorization is None:
        raise DoesNotApply("the probe has no credentials, so the server may want none")
    stranger = {"Authorization": basic(f"probe-{target.unknown}", "no such account")}
    for name, path in target.read_endpoints().items():
        if name not in ("discovery", "API root"):
            target.get(path, stranger).demand_status(401, 404)


@check("T-SEC-16", "App. B", Level.SHOULD, "Who presents no credentials is refused where others have to.")
def no_credentials_are_no_way_in(target: Target) -> None:
    """401, or 403 and 404 for what is hidden; never a login page with 200 or a redirect. Discovery may be public."""
    if target.asker.authorization is None:
        raise DoesNotApply("the probe has no credentials, so the server may want none")
    answers = [each for each in _anonymous(target) if each.path not in (DISCOVERY, target.root)]
    if not answers:
        raise DoesNotApply("there is no API root on this server for this account")
    if answers[-1].status == 200 and isinstance(answers[-1].json, dict):
        raise DoesNotApply("the server serves everybody")
    for answer in answers:
        answer.demand_status(401, 403, 404)


@check("T-SEC-12", "RFC 9110, 11.1", Level.MUST, "The name of an authentication scheme may be in any letter case.")
def a_scheme_may_be_in_any_letter_case(target: Target) -> None:
    """MISP sends it in small letters."""
    if target.asker.authorization is None:
        raise DoesNotApply("the probe has no credentials")
    scheme, _, rest = target.asker.authorization.partition(" ")
    for written in (scheme.lower(), scheme.upper()):
        target.get("/taxii2/", {"Authorization": f"{written} {rest}"}).demand_status(200)


@check("T-SEC-11", "RFC 7617", Level.SHOULD, "Credentials that do not read are 401 or 400.")
def malformed_credentials_are_refused(target: Target) -> None:
    """A scheme alone, no base64, no colon."""
    if _anonymous(target)[-1].status == 200:
        raise DoesNotApply("the server serves everybody")
    for written in MALFORMED:
        path = list(target.read_endpoints().values())[-1]
        target.get(path, {"Authorization": written}).demand_status(400, 401)


@check("T-SEC-22", "App. B", Level.ADVICE, "Without credentials, what exists and what does not are answered alike.")
def authentication_comes_before_existence(target: Target) -> None:
    """Else anybody could learn which collections there are."""
    there = target.get(target.here, {"Authorization": None})
    if there.status == 200:
        raise DoesNotApply("the server serves everybody")
    nowhere = target.get(f"{target.at_root}collections/{target.unknown}/", {"Authorization": None})
    nowhere.demand(nowhere.status == there.status, f"status {there.status}, as for a collection that exists")


def _anonymous(target: Target) -> list[Answer]:
    return [target.get(path, {"Authorization": None}) for path in target.read_endpoints().values()]


CHECKS: Final[Sequence[Check]] = (
    a_401_has_a_challenge,
    a_failed_authentication_is_401_or_404,
    no_credentials_are_no_way_in,
    a_scheme_may_be_in_any_letter_case,
    malformed_credentials_are_refused,
    authentication_comes_before_existence,
)
