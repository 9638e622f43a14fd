"""What the probe writes, where it may: a few harmless objects, and what the server said of them.

They are campaigns and a domain name under `.invalid`, labelled as made by a probe, marked TLP:CLEAR, and new in each
run. Whatever was taken is withdrawn at the end of the run, also of one that broke off.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from app.probe.asking import Answer, Headers
from app.probe.judging import DoesNotApply, Fails
from app.probe.survey import Target
from app.probe.walking import items_of
from app.stix.identifiers import sco_id
from app.stix.timestamps import from_datetime
from app.taxii.media_types import TAXII_21

STATUS_ASKED_MAX: Final = 30
"""How often a pending status is asked for, a second apart."""
STATUS_REST_SECONDS: Final = 1.0
TAKING_BACK_ATTEMPTS: Final = 3
"""How often an object is withdrawn, at the end, until it is gone."""
LABEL: Final = "Made by comity probe. It means nothing and may be deleted."
CLEAR: Final = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
POSTED: Final[Headers] = {"Content-Type": TAXII_21}


@dataclass
class Offering:
    """One push of a run, to one collection.

    `rest` waits for so many seconds; `declaring` posts to a path a body of so many octets, of which it sends none.
    """

    target: Target
    collection: Mapping[str, Any]
    rest: Callable[[float], None]
    declaring: Callable[[str, int], Answer]
    given: list[str] = field(default_factory=list)

    @property
    def here(self) -> str:
        """The path of the collection that is written to."""
        return self.target.path_of(self.collection)

    @property
    def objects_path(self) -> str:
        """Where objects are posted."""
        return f"{self.here}objects/"

    @cached_property
    def objects(self) -> Sequence[dict[str, Any]]:
        """A campaign in two versions, another one, and a domain name."""
        now = self.target.now
        one, other = self.campaign(), self.campaign()
        newer = {**one, "modified": from_datetime(now + timedelta(milliseconds=1)), "description": f"{LABEL} Again."}
        name: dict[str, Any] = {
            "type": "domain-name",
            "spec_version": "2.1",
            "value": f"{self.target.new_uuid()}.comity-probe.invalid",
            "object_marking_refs": [CLEAR],
        }
        return [one, other, {**name, "id": sco_id(name)}, newer]

    @property
    def ids(self) -> list[str]:
        """The ids of the objects, each once."""
        return list(dict.fromkeys(each["id"] for each in self.objects))

    @cached_property
    def posted(self) -> Answer:
        """The answer to the push."""
        return self.post(self.objects)

    @cached_property
    def status(self) -> dict[str, Any]:
        """The status once it is complete. Raises DoesNotApply where the push was not taken whole."""
        body = self.completed(self.first_status)
        if body.get("failure_count") != 0:
            told = [each.get("message", "") for each in body.get("failures", []) if isinstance(each, Mapping)]
            raise DoesNotApply(f"the server did not take all of the probe's objects: {told or body}")
        return body

    @property
    def first_status(self) -> dict[str, Any]:
        """The status that answered the push. Raises DoesNotApply where there is none."""
        if self.posted.status != 202:
            raise DoesNotApply(f"the push was not accepted ({self.posted.header_text}), which is judged by itself")
        return self.posted.resource

    @cached_property
    def deleted(self) -> Answer:
        """The answer to the DELETE of the second object. Raises DoesNotApply where that is gone already."""
        if self._is_gone(self.ids[1]):
            raise DoesNotApply("what the probe pushed is gone already")
        return self.delete(self.ids[1])

    def post(self, objects: Sequence[Mapping[str, Any]], headers: Headers = POSTED) -> Answer:
        """Push these objects; their ids are kept in `given`, to be withdrawn at the end."""
        content = json.dumps({"objects": list(objects)}, ensure_ascii=False).encode()
        before = self.target.asker.asked
        try:
            return self.target.asker.ask("POST", self.objects_path, headers, content)
        finally:  # what was sent may be there, whether or not an answer came
            if self.target.asker.asked > before:
                self.given = list(dict.fromkeys([*self.given, *(each["id"] for each in objects)]))

    def declare(self, length: int) -> Answer:
        """The answer to a push of so many octets, of which none is sent."""
        return self.declaring(self.objects_path, length)

    def completed(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The status, asked for again until it is complete. Raises DoesNotApply where it stays pending."""
        for _ in range(STATUS_ASKED_MAX):
            if body.get("status") != "pending":
                return dict(body)
            self.rest(STATUS_REST_SECONDS)
            body = self.fetched(body).resource
        raise DoesNotApply(f"the push is pending after {STATUS_ASKED_MAX} times {STATUS_REST_SECONDS} seconds")

    def fetched(self, body: Mapping[str, Any]) -> Answer:
        """The status resource of this id. Raises DoesNotApply where it is not there."""
        answer = self.asked_again(body)
        if answer.status != 200:
            raise DoesNotApply("the status can't be fetched, which is judged by itself")
        return answer

    def asked_again(self, body: Mapping[str, Any]) -> Answer:
        """What the server says to the id of this status."""
        return self.target.asker.ask("GET", f"{self.target.at_root}status/{body.get('id')}/")

    def path_of(self, object_id: str) -> str:
        """The path of one object."""
        return f"{self.objects_path}{object_id}/"

    def records(self) -> list[Any]:
        """The manifest records of the objects, all versions, as they are now."""
        query = f"match[version]=all&match[id]={','.join(self.ids)}"
        return items_of(self.target.asker.ask("GET", f"{self.here}manifest/?{query}").demand_status(200))

    def delete(self, object_id: str, query: str = "") -> Answer:
        """Withdraw one object."""
        return self.target.asker.ask("DELETE", f"{self.path_of(object_id)}{query}")

    def take_back(self) -> list[str]:
        """Withdraw whatever may be left, beyond the bound on requests; the ids of those that could not be."""
        self.target.asker.go_on((2 * TAKING_BACK_ATTEMPTS + 1) * len(self.given))
        return [each for each in self.given if not self._taken_back(each)]

    def _taken_back(self, object_id: str) -> bool:
        try:
            for _ in range(TAKING_BACK_ATTEMPTS):
                if self._is_gone(object_id):
                    return True
                self.delete(object_id, "?match[version]=all")
            return self._is_gone(object_id)
        except (Fails, DoesNotApply):
            return False

    def _is_gone(self, object_id: str) -> bool:
        return self.target.asker.ask("GET", self.path_of(object_id)).status == 404

    def campaign(self) -> dict[str, Any]:
        """A campaign that nobody has, and that says what it is."""
        now = from_datetime(self.target.now)
        return {
            "type": "campaign",
            "spec_version": "2.1",
            "id": f"campaign--{self.target.new_uuid()}",
            "created": now,
            "modified": now,
            "name": "comity probe",
            "description": LABEL,
            "labels": ["comity-probe"],
            "object_marking_refs": [CLEAR],
        }
