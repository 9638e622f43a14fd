"""The use cases, one verb each. Each opens the one transaction in which what it does stands or falls.

`identify` names the account behind credentials, `catalogue` says what it may know of, `pull`, `push`, `push_status`
and `withdraw` are the verbs of TAXII, `apply` makes files the next revision, `settle` brings the audiences' logs in
line with the policy and is what all that changes something ends with, `explain` and `received` answer the officer.
Each takes an `Exchange`, which `app.composition` builds; those that http calls are coroutines.
"""
