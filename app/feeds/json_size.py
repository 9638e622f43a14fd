"""How many values a text of JSON holds, told before it is read: `{},` are three octets, and in memory some seventy."""

import re
from itertools import islice

_OUTSIDE_OF_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|([,\[{])', re.DOTALL)
_SIGNS = (b",", b"[", b"{")


def holds_more_values(data: bytes, most: int) -> bool:
    """Whether it may hold more than so many: each stands behind a comma or the beginning of what it is in.

    Names of members are not counted, nor is what stands in texts. Of what is no JSON the answer means nothing.
    """
    if sum(map(data.count, _SIGNS)) <= most:
        return False
    signs = (found for found in _OUTSIDE_OF_TEXTS.finditer(data) if found[1])
    return next(islice(signs, most, None), None) is not None
