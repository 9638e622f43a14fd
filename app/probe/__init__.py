"""The probe: a black-box conformance test of any TAXII 2.1 server, by what it answers alone.

It is a client. Of Comity it knows the two standards and the errors, so that it judges another server as it judges this
one; nothing but the command line knows it. It only reads, unless a collection is named to write to.

In the order of a run:

* `asking`, `declaring`: one request, one answer, bounded.
* `survey`, `walking`: which API root and collection there are, and what stands in them, page by page.
* `judging`: what a check is, and how it can end.
* `discovery`, `catalogue`, `credentials`, `media_types`, `paths`, `pages`, `paging`, `parameters`, `filters`,
  `versions`: the checks that read, by subject.
* `offering`, `writing`, `withdrawing`: what is pushed where that is allowed, and the checks of it.
* `everything`: the checks of all answers of the run.
* `run`: all checks in their order, and the report.
"""
