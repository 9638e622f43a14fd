"""TAXII 2.1 as Python: its resources, query parameters, page tokens, media types and timestamps.

Pure: values in, values out. Nothing here knows who asks, what is stored or which framework serves it. Section numbers
are those of the OASIS Standard of 10 June 2021; where it leaves a choice, docs/protocol.md says which one is made.
"""
