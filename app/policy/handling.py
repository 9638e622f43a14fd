"""Handling: what of an object version a release rule can read, normalised.

Equal handlings share one stored row, and policy is asked once for each, so a handling holds levels, classes and
marking ids, never texts or instants.
"""

from dataclasses import dataclass

from app.policy.partnership import TlpLevel

EXTRACTOR = 1
"""The version of the rules by which handlings are made. Raise it with every change of their meaning."""


@dataclass(frozen=True, slots=True)
class Handling:
    """What the markings of one object version ask for, over the object, its granular markings and the markings of
    its marking definitions.

    * `tlp`: every TLP level that applies to any part of the object, both generations counted once.
    * `unmarked`: some part of the object carries no TLP at all, so that the collection's default level stands in.
      Never true of a marking-definition (design, decision 18).
    * `statements`: ids of the statement marking-definitions that apply.
    * `custom`: ids of marking-definitions of other kinds, each paired with the extension-definition id that gives
      it meaning, or "" where it has none.
    * `unknown`: a marking can't be resolved, is altered, cyclic or of no shape that any vocabulary knows.
    """

    tlp: frozenset[TlpLevel] = frozenset()
    unmarked: bool = False
    statements: frozenset[str] = frozenset()
    custom: frozenset[tuple[str, str]] = frozenset()
    unknown: bool = False
