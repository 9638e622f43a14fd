"""What a reader may ask in twin worlds: any endpoint, about anything it has heard of or guesses, in any way."""

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from app.stix.timestamps import from_datetime
from tests.laws.twin_agreements import HERE, HIDDEN_COLLECTION
from tests.laws.twins import ANALYST, UNKNOWN, Twins, View
from tests.support.agreements import COLLECTION, ELSEWHERE, LETTER_BOX, WIND_IDENTITY
from tests.support.clocks import NOON
from tests.support.exchanges import TAXII
from tests.support.stix import CLEAR, an_envelope

ROOTS = ("north-sea",) * 9 + ("east", "aardvark", "nowhere")
REFERENCES = (
    *("indicators", COLLECTION, "indicators", "indicators") * 3,
    *("late", "brief", "shut", "in-part") * 3,
    *("never", "letter-box", LETTER_BOX, "back-room", HIDDEN_COLLECTION, ELSEWHERE, str(UNKNOWN)),
)
LISTS = ("objects", "manifest") * 3 + ("object", "versions")
TYPES = ("indicator", "grouping", "ipv4-addr", "malware", "marking-definition", "indicator,ipv4-addr", "x-nothing")
VERSIONS = ("all", "all", "first", "last", "first,last", "2026-05-01T00:00:00.000Z", "2026-05-02T00:00:00.000Z,last")
LIMITS = ("1", "1", "2", "3", "20", "50", "1000", "0", "x")
METHODS = ("GET",) * 16 + ("HEAD", "OPTIONS", "PUT", "DELETE", "POST")
HEADERS: Sequence[dict[str, str]] = (
    *({},) * 12,
    {"accept": "text/html"},
    {"accept": "*/*"},
    {"accept": "application/json"},
    {"if_none_match": "*"},
    {"if_none_match": '"x"', "if_modified_since": "Mon, 01 Jun 2026 00:00:00 GMT"},
    {"range": "bytes=0-10"},
    {"content_type": "text/plain"},
)
TERMS = tuple(f"/{root}/terms/" for root in dict.fromkeys(ROOTS))
FORMATS = ("ip-list", "csv", "csv", "suricata", "zeek", "misp", "ndjson", "bundle", "nothing")
NARROWED = ("", "", "?confidence_min=0", "?confidence_min=1", "?kind=ipv4", "?kind=x")
VALUES = ("198.51.100.3", "198.51.100.0%2F24&inside=true", "198.51.100.7", "example.org", "x")
SEARCHES = ("type=indicator", "text=indicator", "valid=true", f"marking={CLEAR}", "confidence_min=1", "label=x")
UPLOADS = (
    (b'{"values": ["198.51.100.3", "198.51.100.7", "example.org"]}', "application/json"),
    (b'{"objects": [{"type": "ipv4-addr", "value": "198.51.100.3"}]}', "application/json"),
    (b"ip,network-traffic:dst_port\n198.51.100.3,80\n198.51.100.7,443\n", "text/csv"),
    (b"{", "application/json"),
)
DELIVERIES = (
    ("ioc-list", b"198.51.100.3\nexample.org\n"),
    ("ioc-list", b"hxxp://example[.]org/a\nno value at all\n"),
    ("urlhaus", b"# id,dateadded\n"),
    ("nothing", b"198.51.100.3\n"),
)
REMEMBERED = 12


@dataclass
class Asker:
    """Asks what `random` chooses, in both worlds. `ids` are objects that there are, were or might be.

    It remembers the dates and the tokens that it was given, and the status of its last push in each world.
    """

    worlds: Twins
    view: View
    random: Random
    ids: Sequence[str]
    _dates: deque[str] = field(default_factory=lambda: deque([from_datetime(NOON)], REMEMBERED))
    _tokens: deque[str] = field(default_factory=lambda: deque(["x"], REMEMBERED))
    _statuses: tuple[str, str] = (str(UNKNOWN), str(UNKNOWN))

    def ask(self) -> None:
        """One request, by the reader, or by its organisation's feed or analyst."""
        if self.random.random() < 0.02:
            self.worlds.ask(ANALYST, "POST", "/analyst/v1/sightings", self._report(), content_type="application/json")
            return
        if self.random.random() < 0.02:
            target, body, kind = self._match()
            answer = self.worlds.ask(ANALYST, "POST", target, body, content_type=kind)
            if b'"next":' in answer.body:
                self._tokens.append(answer.json()["next"])
            return
        if self.random.random() < 0.03:
            account = self.random.choice([self.view.reader, self.view.feed, self.view.feed])
            method, target, body = self._about_feeds()
            self.worlds.ask(account, method, target, body, content_type="text/plain", accept="application/json")
            return
        if self.random.random() < 0.08:
            answer = self.worlds.ask(ANALYST, "GET", f"/analyst/v1/{self._analysts_target()}")
            if b'"next":' in answer.body:
                self._tokens.append(answer.json()["next"])
            return
        method = self.random.choice(METHODS)
        account = self.random.choice([self.view.reader, self.view.reader, self.view.feed])
        headers = self.random.choice(HEADERS)
        if method == "POST":
            headers = {"content_type": self.random.choice([TAXII, TAXII, "text/plain"])}
        body = self._body() if method == "POST" else b""
        targets = self._targets()
        answers = self.worlds.ask_for_each(account, method, targets, body, **headers)
        if method == "POST" and answers[0].status == 202:
            plain, busy = (str(each.json()["id"]) for each in answers)
            self._statuses = (plain, busy)
        for name in ("X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last"):
            self._dates.extend(filter(None, [answers[0].header(name)]))
        if method == "GET" and answers[0].status == 200 and b'"next":' in answers[0].body:
            self._tokens.append(answers[0].json()["next"])

    def _targets(self) -> tuple[str, str]:
        choose = self.random.choice
        if self.random.random() < 0.12:
            roots = ("/taxii2/", "/north-sea/", "/north-sea/collections/", f"/{choose(ROOTS)}/", *TERMS)
            target = choose([*roots, f"/{choose(ROOTS)}/collections/{choose(REFERENCES)}/"])
            return target, target
        if self.random.random() < 0.04:
            plain, busy = self._statuses
            return f"/north-sea/status/{plain}/", f"/north-sea/status/{busy}/"
        collection = HERE if self.random.random() < 0.5 else f"{choose(ROOTS)}/collections/{choose(REFERENCES)}"
        if self.random.random() < 0.08:
            target = f"/{collection}/exports/{choose(FORMATS)}/{choose(NARROWED)}"
            return target, target
        endpoint = choose(LISTS)
        path = {
            "objects": "objects/",
            "manifest": "manifest/",
            "object": f"objects/{choose(self.ids)}/",
            "versions": f"objects/{choose(self.ids)}/versions/",
        }[endpoint]
        query = "&".join(f"{name}={value}" for name, value in self._query(endpoint).items())
        target = f"/{collection}/{path}{'?' + query if query else ''}"
        return target, target

    def _analysts_target(self) -> str:
        choose = self.random.choice
        query = choose(["limit=1", "limit=1", "limit=2", "limit=100", f"limit=1&next={choose(self._tokens)}"])
        object_id = choose(self.ids)
        return choose(
            [
                f"lookup?value={choose(VALUES)}&{query}",
                f"object/{object_id}?versions={choose(['all', 'last'])}&{query}",
                f"graph/{object_id}?steps={choose('123')}&{query.partition('&')[0]}",
                f"changes?since={choose(self._dates)}&{query}",
                f"search?{choose(SEARCHES)}&{query}",
            ]
        )

    def _query(self, endpoint: str) -> dict[str, str]:
        choose, likely = self.random.choice, self.random.random
        query: dict[str, str] = {}
        if likely() < 0.6:
            query["limit"] = choose(LIMITS)
        if likely() < 0.4:
            query["added_after"] = choose(self._dates)
        if likely() < 0.25:
            query["next"] = choose(self._tokens)
        if likely() < 0.5 and endpoint != "versions":
            query["match[version]"] = choose(VERSIONS)
        if likely() < 0.3:
            query["match[spec_version]"] = choose(["2.0", "2.1", "2.0,2.1", "3"])
        if endpoint in ("objects", "manifest"):
            if likely() < 0.2:
                query["match[type]"] = choose(TYPES)
            if likely() < 0.15:
                query["match[id]"] = ",".join(self.random.sample(self.ids, self.random.randint(1, len(self.ids))))
        return query

    def _match(self) -> tuple[str, bytes, str]:
        """An upload to match: target, body and its type."""
        query = self.random.choice(
            ["", "?limit=1", "?valid=false", f"?limit=1&next={self.random.choice(self._tokens)}"]
        )
        body, kind = self.random.choice(UPLOADS)
        return f"/analyst/v1/match{query}", body, kind

    def _about_feeds(self) -> tuple[str, str, bytes]:
        """What there is to deliver by and to fetch, or a delivery to try, of which nothing is taken."""
        choose = self.random.choice
        to = HERE if self.random.random() < 0.7 else f"{choose(ROOTS)}/collections/{choose(REFERENCES)}"
        if self.random.random() < 0.5:
            return "GET", f"/{to}/{choose(['exports', 'feeds'])}/", b""
        mapping, body = choose(DELIVERIES)
        return "POST", f"/{to}/feeds/{mapping}/dry-run/{choose(['', '', '?objects=0', '?objects=x'])}", body

    def _report(self) -> bytes:
        """A report of what there may be, which changes nothing: no sighting says this of its time."""
        choose = self.random.choice
        about = choose([each for each in self.ids if each.startswith("indicator--")] or self.ids)
        root, to = choose([("north-sea", "indicators")] * 3 + [(choose(ROOTS), choose(REFERENCES))])
        said = {"partnership": root, "collection": to, "indicator": about, "first_seen": "yesterday"}
        return json.dumps(said).encode()

    def _body(self) -> bytes:
        """An envelope that changes nothing: its objects are refused, or it is none."""
        refused = {"type": "indicator", "spec_version": "2.1", "id": self.random.choice(self.ids), "x": CLEAR}
        return self.random.choice([b"", b"[]", b'{"objects": [', an_envelope([refused, {"id": WIND_IDENTITY}])])
