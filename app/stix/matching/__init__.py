"""Whether observations match a STIX pattern: STIX 2.1 section 9.

`docs/matching.md` states every rule. `matches` says which observations a pattern fits, or None where they do not match
it; it raises `NotDecided` where that can't be told, and nothing else. Reading order: `uploads`, `reading` and `logs`
(uploads to observations), `observed` (what a path finds in them), `values` and `texts` (one comparison), `brackets`
(what stands in square brackets), `terms` and `binding` (observations together, in time), `verdicts`, `keys`.

No pattern and no upload takes more than its steps: a step is about one value looked at. Regular expressions are RE2's,
whose time is linear in the length of a value.
"""

from app.stix.matching.keys import index_keys_of, told_by_index
from app.stix.matching.observed import Observation, Observed
from app.stix.matching.steps import NotDecided, Steps
from app.stix.matching.verdicts import matches

__all__ = ["NotDecided", "Observation", "Observed", "Steps", "index_keys_of", "matches", "told_by_index"]
