"""The vocabularies of markings whose instances come from partners: what the body of one asks for, or None.

Each module reads bodies of one vocabulary. What it does not understand in full it does not understand at all (law 3):
an unknown property, token or level makes the marking unknown, and so withholds.
"""
