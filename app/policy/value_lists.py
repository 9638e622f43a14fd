"""Lists of values: own assets that are never to be shared, public services that are never to be believed.

Values are compared by what they mean, in the forms of `app.stix.observables`: addresses by networks, hosts by the
domains they lie under, hashes and other texts without regard to letter case.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.stix.observables import Observable, kinds_of, normal, readings_of
from app.stix.observables.hosts import Network, host_of, names_above
from app.stix.observables.texts import folded
from app.stix.observables.urls import email_of, url_of


@dataclass(frozen=True, slots=True)
class ValueList:
    """One list. `domains` stand for themselves and for all below them, in their normal form; `hashes` and `values` are
    as `forms_of` gives them.
    """

    name: str
    title: str
    networks: tuple[Network, ...] = ()
    domains: frozenset[str] = frozenset()
    hashes: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()

    def first_of(self, observables: Iterable[Observable]) -> str | None:
        """The first of these values, as it was written, that the list holds; None where it holds none."""
        ordered = sorted(observables, key=lambda each: (each.value, each.kind))
        return next((each.value for each in ordered if self._holds(each)), None)

    def _holds(self, observable: Observable) -> bool:
        as_written = folded(observable.value.strip())
        return any(self._holds_form(form, {as_written, folded(form.value)}) for form in readings_of(observable))

    def _holds_form(self, form: Observable, texts: set[str]) -> bool:
        if texts & self.values or texts & self.hashes:
            return True
        match form.kind:
            case "ipv4-addr" | "ipv6-addr" | "domain-name":
                return self._holds_host(form.value)
            case "url":
                url = url_of(form.value)
                return url is not None and self._holds_host(url.host)
            case "email-addr":
                parts = email_of(form.value)
                return parts is not None and self._holds_host(parts[1])
            case _:
                return False

    def _holds_host(self, text: str) -> bool:
        host = host_of(text)
        if isinstance(host, str):
            return any(name in self.domains for name in names_above(host))
        return any(each.version == host.version and each.overlaps(host) for each in self.networks)


def forms_of(text: str) -> frozenset[str]:
    """A text of `hashes` or `values` as it is compared: folded, as it is and in the normal form of each likely kind."""
    value = text.strip()
    return frozenset([folded(value), *(folded(normal(kind, value).value) for kind in kinds_of(value))])
