"""The agreement that most tests run under: one partnership, four members with different rights, as files."""

from collections.abc import Mapping

COLLECTION = "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10"
LETTER_BOX = "a3c58e27-1d4f-4b96-8e70-d92f6b1c5a08"
ELSEWHERE = "c0a8012e-5b7e-4f0d-9a51-7d2b8f6e4c33"

HOST_IDENTITY = "identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11"
WIND_IDENTITY = "identity--3d0f2a8b-5c1e-4f7d-8a26-91b7c4e0d512"

PARTNERS = f"""
host: nl-cert
partners:
  nl-cert: {{name: Dutch national CERT, identities: [{HOST_IDENTITY}]}}
  wind-isac: {{name: Wind ISAC, identities: [{WIND_IDENTITY}]}}
  water-nl: {{name: Water boards, identities: []}}
  port-nl: {{name: Port authority, identities: []}}
  outsider: {{name: Somebody else, identities: []}}
"""

NORTH_SEA = f"""
partnership: north-sea
title: North Sea CERT partnership
agreement: {{reference: MoU 2026/14, effective: 2026-01-01, expires: 2028-01-01}}
members:
  nl-cert: {{tlp: all}}
  wind-isac: {{tlp: [clear, green, amber]}}
  water-nl: {{tlp: [clear, green, amber], client_of: nl-cert}}
  port-nl: {{tlp: [clear, green]}}
collections:
  indicators:
    id: {COLLECTION}
    title: Shared indicators
    read: all
    write: [nl-cert, wind-isac, water-nl]
    release:
      tlp: [clear, green, amber, amber+strict]
      unmarked: amber
      granular: withhold
      statements: all
      red: [nl-cert/duty-officer]
    intake:
      types: all
      tlp: all
      unmarked: amber
      ownership: creator
      spec_versions: ["2.0", "2.1"]
  letter-box:
    id: {LETTER_BOX}
    title: Reports to the host
    read: [nl-cert]
    write: [wind-isac]
    release: {{tlp: [clear, green, amber], unmarked: amber, granular: withhold}}
    intake: {{types: all, tlp: [clear, green, amber], unmarked: amber, ownership: creator}}
"""

EAST = f"""
partnership: east
title: Eastern partnership
agreement: {{reference: MoU 2026/15, effective: 2026-01-01, expires: 2028-01-01}}
members:
  nl-cert: {{tlp: all}}
  outsider: {{tlp: [clear, green]}}
collections:
  indicators:
    id: {ELSEWHERE}
    title: Eastern indicators
    read: all
    write: all
    release: {{tlp: [clear, green, amber], unmarked: green, granular: withhold}}
    intake: {{types: all, tlp: [clear, green, amber], unmarked: green, ownership: creator}}
"""

FILES: Mapping[str, str] = {"partners.yaml": PARTNERS, "north-sea.yaml": NORTH_SEA, "east.yaml": EAST}
