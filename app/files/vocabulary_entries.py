"""The shapes of `iep` and `acs` under `release` in a partnership's file: what of these vocabularies is accepted."""

from collections.abc import Mapping
from typing import Literal

from app.files.fields import Entry, optional


class IepEntry(Entry):
    """For each policy statement of IEP 2.0 the values that the members have undertaken."""

    encrypt_in_transit: list[Literal["must", "may"]] = optional(
        [], "Whether what is received is encrypted when it is passed on.", ["must", "may"]
    )
    permitted_actions: list[
        Literal[
            "none",
            "contact-for-instruction",
            "internally-visible-actions",
            "externally-visible-indirect-actions",
            "externally-visible-direct-actions",
        ]
    ] = optional([], "What may be done with what is received.", ["externally-visible-direct-actions"])
    affected_party_notifications: list[Literal["may", "must-not"]] = optional(
        [], "Whether those affected may be told.", ["may", "must-not"]
    )
    provider_attribution: list[Literal["may", "must", "must-not"]] = optional(
        [],
        "Whether the source may be named. With `must-not` an object goes out only where it does not name its source.",
        ["may", "must"],
    )
    unmodified_resale: list[Literal["may", "must-not"]] = optional(
        [], "Whether what is received may be sold as it is.", ["may", "must-not"]
    )

    def to_terms(self) -> Mapping[str, frozenset[str]]:
        """The accepted values by statement; statements with none are left out."""
        return _accepted(self)


class AcsEntry(Entry):
    """The tokens of each list of an ACS 3.0 control set that the collection accepts."""

    classification: list[Literal["U", "C", "S", "TS"]] = optional([], "Classifications.", ["U"])
    formal_determination: list[
        Literal[
            "PUBREL",
            "NF",
            "AIS",
            "PII-NECESSARY-TO-UNDERSTAND-THREAT",
            "NO-PII-PRESENT",
            "FOUO",
            "INFORMATION-DIRECTLY-RELATED-TO-CYBERSECURITY-THREAT",
        ]
    ] = optional([], "Formal determinations. NF besides lets members of the USA alone have it.", ["PUBREL", "AIS"])
    caveat: list[Literal["FISA", "POSSIBLEPII", "CISAPROPRIETARY"]] = optional([], "Caveats.", ["POSSIBLEPII"])
    sensitivity: list[Literal["NTOC_DHS_ECYBER_SVC_SHARE.NSA.NSA", "PCII", "LES", "INT", "PII", "PR", "TEI"]] = (
        optional([], "Sensitivities.", ["LES"])
    )
    shareability: list[Literal["NCC", "EM", "LE", "IC"]] = optional([], "Communities to share with.", ["NCC"])

    def to_terms(self) -> Mapping[str, frozenset[str]]:
        """The accepted tokens by list; lists with none are left out."""
        return _accepted(self)


def _accepted(entry: Entry) -> Mapping[str, frozenset[str]]:
    return {name: frozenset(values) for name, values in entry if values}
