"""What analysts look up: the observables of STIX objects, their normal forms, and the keys that they are indexed under.

`docs/values.md` states every rule. Reading order: `naming` (which observables an object names), `kinds`, `hosts`
(addresses, networks, domain names), `urls`, `texts` (everything else), `forms` (`normal`, `index_key`), `coverage`
(what covers a value, what lies in it), `coverage_of_many` (the same for thousands of values), `recognising`
(`kinds_of`, `kinds_meant`, `kinds_looked_up`, `readings_of`, `has_form`, `is_formed`), `refanging` (`refang`); and for
lists that something must not pass, `mentioned` (all that an object says at all) and `destinations` (the hosts that
lenient programs read in it).

A value has three forms: as it was written, its normal form (`normal`: for people and exports), and its index key
(`index_key`: for the database). Kinds are those of `app.stix.patterns.observables`, and the kinds of external ids,
`CVE` and `ATTACK`. All functions are total: a value that has not the form of its kind is text, never an error.
"""

from app.stix.observables.coverage import KeyRange, contained, covering
from app.stix.observables.coverage_of_many import CoverageOfMany
from app.stix.observables.forms import IndexKey, index_key, normal
from app.stix.observables.kinds import ATTACK, CVE, MIXED_UP, kind_named
from app.stix.observables.mentioned import Mentioned, mentioned_in
from app.stix.observables.naming import external_ids_in, observables_in
from app.stix.observables.recognising import has_form, is_formed, kinds_looked_up, kinds_meant, kinds_of, readings_of
from app.stix.observables.refanging import refang
from app.stix.patterns import Observable

__all__ = [
    "ATTACK",
    "CVE",
    "MIXED_UP",
    "CoverageOfMany",
    "IndexKey",
    "KeyRange",
    "Mentioned",
    "Observable",
    "contained",
    "covering",
    "external_ids_in",
    "has_form",
    "index_key",
    "is_formed",
    "kind_named",
    "kinds_looked_up",
    "kinds_meant",
    "kinds_of",
    "mentioned_in",
    "normal",
    "observables_in",
    "readings_of",
    "refang",
]
