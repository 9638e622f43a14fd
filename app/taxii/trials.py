"""The trial of a delivery of a feed, as JSON: no resource of TAXII's, and written like the status of a push."""

from collections.abc import Mapping
from typing import Any

from app.taxii.resources import Count, Resource, StatusDetails


class Trial(Resource):
    """What would become of each object of a delivery. A list that is present is complete, but for `objects`, the first.

    As in a status (TAXII 2.1 section 4.3.1), without an id and a timestamp: nothing was pushed.
    """

    total_count: Count
    success_count: Count
    successes: tuple[StatusDetails, ...] = ()
    failure_count: Count
    failures: tuple[StatusDetails, ...] = ()
    objects: tuple[Mapping[str, Any], ...] = ()
