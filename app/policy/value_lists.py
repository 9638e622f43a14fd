"""Lists of values: own assets that are never to be shared, public services that are never to be believed.

Values are compared by what they mean, in the forms of `app.stix.observables`: addresses by networks, hosts by the
domains they lie under, hashes and other texts without regard to letter case. A list is asked of all that an object
mentions, and rather holds too much than too little.
"""

import re
from dataclasses import dataclass

from app.policy.listed_texts import STEPS_MAX, NotDecided, Steps, fits_any, texts_of
from app.stix.observables import MIXED_UP, Mentioned, Observable, kinds_of, normal, readings_of, refang
from app.stix.observables.destinations import hosts_led_to, hosts_spelled_in
from app.stix.observables.hosts import Network, names_above
from app.stix.observables.mentioned import TextAsked
from app.stix.observables.texts import folded
from app.stix.patterns.syntax import ComparisonOperator

_WILDCARDS = re.compile(r"[%_]")


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

    def first_of(self, mentioned: Mentioned) -> str | None:
        """The first of what an object mentions, as it was written, that the list holds; None where it holds none.

        What is asked of texts and can't be judged is held, too.
        """
        ordered = sorted(mentioned.values, key=lambda each: (each.value, each.kind))
        held = next((each.value for each in ordered if self._holds(each)), None)
        if held is not None:
            return held
        steps = Steps(STEPS_MAX)
        return next((each.text for each in sorted(mentioned.asked) if self._may_hold(each, steps)), None)

    def _holds(self, observable: Observable) -> bool:
        forms = readings_of(observable)
        texts = {folded(observable.value.strip()), *(folded(form.value) for form in forms)}
        if texts & self.values or texts & self.hashes:
            return True
        read = (*forms, Observable(observable.kind, refang(observable.value)))
        return any(self._holds_host(host) for form in read for host in hosts_led_to(form))

    def _may_hold(self, asked: TextAsked, steps: Steps) -> bool:
        """Whether the list holds what LIKE or MATCHES spells out, or anything that it fits."""
        if asked.operator is ComparisonOperator.LIKE and self._holds(
            Observable(asked.kind, _WILDCARDS.sub("", asked.text))
        ):
            return True
        if asked.kind in MIXED_UP and any(map(self._holds_host, hosts_spelled_in(asked.text))):
            return True
        texts = texts_of(asked.kind, self.networks, self.domains, self.values | self.hashes)
        try:
            return fits_any(asked, texts, steps)
        except NotDecided:
            return True

    def _holds_host(self, host: Network | str) -> bool:
        if isinstance(host, str):
            return any(name in self.domains for name in names_above(host))
        return any(each.version == host.version and each.overlaps(host) for each in self.networks)


def forms_of(text: str) -> frozenset[str]:
    """A text of `hashes` or `values` as it is compared: folded, as it is and in the normal form of each likely kind."""
    value = text.strip()
    return frozenset([folded(value), *(folded(normal(kind, value).value) for kind in kinds_of(value))])
