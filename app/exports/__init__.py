"""Feeds out: what an account is shown of a collection, as the text that firewalls and other programs read. Pure.

`docs/exports.md` is about it. Reading order: `formats` (how an export is written), `told` (the values that indicators
tell by themselves), `narrowing` (what a request changes), one module for each form (`lists`, `tables`, `suricata`,
`zeek`, `misp`, `stix_texts`), `writing` (all of it).

The same rows give the same octets: nothing of the instant, and nothing but the rows, goes into a text.
"""
