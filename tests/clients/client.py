"""What every client here has in common: what its operator typed, what it was given, and one round of its scheduler."""

import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.agreements import COLLECTION
from tests.support.stix import STIX

REQUESTS_OF_A_ROUND_MAX = 200
"""More than any round here can need: a client that asks more often than that goes round in circles."""


@dataclass(frozen=True)
class Typed:
    """What an operator types into a client. `server` has no path and no slash at its end.

    `trust` is for clients that are not of the `requests` family; those read the authority's file from the environment.
    """

    server: str
    account: str
    secret: str
    trust: ssl.SSLContext
    root: str = "north-sea"
    collection_id: str = COLLECTION
    collection_title: str = "Shared indicators"

    @property
    def discovery_url(self) -> str:
        return f"{self.server}/taxii2/"

    @property
    def root_url(self) -> str:
        return f"{self.server}/{self.root}/"


class Client(ABC):
    """One client that follows one collection. `had` is all that it was given, as often as it was given."""

    kinds: frozenset[str] | None = None
    """The types of objects that it takes; None for all."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self.had: list[STIX] = []

    @abstractmethod
    def poll(self) -> bool:
        """What its scheduler does in one round; whether it has left a walk in the middle."""

    def poll_to_the_end(self) -> None:
        """Rounds until none leaves a walk in the middle, and the one in which a client learns that it is idle."""
        for _ in range(REQUESTS_OF_A_ROUND_MAX):
            if not self.poll():
                break
        else:
            raise AssertionError(f"{type(self).__name__} goes round in circles")
        self.poll()

    @abstractmethod
    def close(self) -> None:
        """Close its connections."""


class HttpClient(Client):
    """A client with an HTTP library of its own, which has no header that the client does not set."""

    def __init__(self, typed: Typed) -> None:
        super().__init__(typed)
        self.http = httpx.Client(verify=typed.trust, trust_env=False, timeout=30)
        self.http.headers.clear()

    def close(self) -> None:
        self.http.close()

    def asked(self, url: str, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> httpx.Response:
        """The answer to a GET request. A parameter set of None leaves the query of `url` as it is."""
        answer = self.http.get(url, headers=headers, params=query)
        assert answer.status_code == httpx.codes.OK, (url, answer.status_code, answer.text)
        return answer


def objects_of(body: Mapping[str, Any]) -> list[STIX]:
    """The objects of an envelope; none where it has none."""
    found: list[STIX] = body.get("objects", [])
    return found
