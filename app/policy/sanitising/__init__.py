"""Sanitised derivatives: what is left of an object version for a view, as an object of the exchange's own. Pure.

A part of somebody else's object can't be cut out under the object's own id (STIX 2.1 sections 3.5 and 3.6). So what
is left becomes a new object, which the exchange signs (design, decision 3). It is made of one version for one view,
and says nothing of what was cut: neither its texts, nor that there was anything. What was cut has no influence on it,
but that it was cut, and whatever tells of it (`traces`).

In the order in which a version meets them:

* `views`: which handlings pass a view, and what is worth looking at at all.
* `parts`: the tree of an object as parts, and which markings apply to each.
* `cutting`, `observables`: the tree without some of its parts, as a valid object that holds valid observables.
* `spellings`, `minted`, `looking`, `traces`: whether a kept part tells what was cut, and what it may cost to find that.
* `derivative`: all of it together.
* `signing`: the bytes.
* `withdrawn`: the last version of a derivative whose original nobody in the view is to know any more.
"""

from app.policy.sanitising.derivative import LeftByMarks, Nothing, Sanitised, Source, left_by_marks, sanitised
from app.policy.sanitising.signing import signed
from app.policy.sanitising.views import passes, worth_sanitising
from app.policy.sanitising.withdrawn import withdrawn

__all__ = [
    "LeftByMarks",
    "Nothing",
    "Sanitised",
    "Source",
    "left_by_marks",
    "passes",
    "sanitised",
    "signed",
    "withdrawn",
    "worth_sanitising",
]
