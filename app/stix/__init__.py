"""STIX 2.1 as Python: pure, values in and values out.

In the order in which a pushed object meets them:

* `strict_json`: a body to its elements, each with its exact bytes and its tree; what JSON leaves open is refused.
* `validation`: one element to a `StixObject`, or to what its sender has to mend.
* `models`: the standard's object types, extensions and data types as pydantic models.
* `objects`: what comes out.
* `selectors`, `identifiers`, `timestamps`: the standard's small languages.
* `patterns`: the patterning language.
"""
