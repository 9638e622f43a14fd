"""Feeds in: what automated sources deliver, as STIX objects. Pure: bytes and a mapping in, values out.

`docs/feeds.md` is about it. Reading order: `mapping` (how a feed becomes STIX), `rows` (bytes to rows), `cells` (what
stands in a cell), `values` (what of that is a value), `written_patterns` (values to patterns), `drafts` (objects
without dates), `indicators`, `families` and `misp` (rows and events to such objects), `versions` (which version a draft
is), `reading` (all of it).

One bad row refuses itself alone: a `RowMistake` says where it stands and what is wrong.
"""
