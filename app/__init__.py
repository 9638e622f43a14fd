"""Comity: a STIX 2.1 / TAXII 2.1 exchange server for partnerships.

Read the packages in the order in which a request meets them: `http` (how it is asked), `exchange` (what is done,
one verb a module, one transaction each), `policy` (whether it may be), `stix` and `taxii` (the two standards as
Python), `storage` (the only SQL), `ledger` (the record of what left), `files` (agreements and tables that people
write), `cli` (what an operator types). `composition` puts them together; nothing happens at import. `probe` stands
apart: it asks any TAXII server, as a client does.
"""

VERSION = "0.1.0"
"""The version of Comity, as in pyproject.toml; the record names it as having decided."""

SPECIFICATIONS = {"STIX": "2.1", "TAXII": "2.1"}
"""The versions of the two standards that this code follows. Departures stand in docs/protocol.md."""
