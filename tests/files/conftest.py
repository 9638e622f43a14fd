"""A right state of the files, for tests that damage it."""

import pytest

PARTNERS = """\
host: nl-cert
partners:
  nl-cert:
    name: Dutch national CERT
    identities: [identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11]
  wind-isac: {name: Offshore wind ISAC}
  port-nl: {name: Port authority}
"""

NORTH_SEA = """\
partnership: north-sea
title: North Sea
agreement:
  reference: MoU 2026/14
  effective: 2026-01-01
  expires: 2029-01-01
members:
  nl-cert: {tlp: all}
  wind-isac: {tlp: [clear, green]}
collections:
  indicators:
    id: 5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10
    title: Shared indicators
    read: all
    write: [nl-cert]
    release:
      tlp: [clear, green, amber]
      unmarked: amber
      granular: withhold
      red: [nl-cert/nl-duty-officer]
    intake:
      types: all
      tlp: [clear, green]
      unmarked: refuse
      ownership: creator
  reports:
    id: 0d6e1f4a-92b7-4e3c-a8d5-4f1b7c2e9a63
    title: Reports
"""

GRID = """\
partnership: grid
title: Grid
agreement: {reference: Charter, effective: 2026-01-01, expires: 2028-01-01}
members: {nl-cert: {}}
"""


@pytest.fixture
def right_files() -> dict[str, str]:
    """Partners and two partnerships without a mistake."""
    return {"partners.yaml": PARTNERS, "north-sea.yaml": NORTH_SEA, "grid.yaml": GRID}
