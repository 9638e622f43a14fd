"""What a request for a page asks for."""

from app.http.query import decoded_pairs
from app.http.route import Call
from app.taxii.filters import Endpoint, PageRequest, parse_page_request


def page_request(call: Call, endpoint: Endpoint) -> PageRequest:
    """The query parameters of this request; MalformedRequest where they are not of their form."""
    pairs = decoded_pairs(call.request.scope["query_string"], call.published.query_chars_max)
    return parse_page_request(pairs, endpoint)
