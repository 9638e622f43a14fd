"""How the exchange is asked over HTTP: the only package that knows FastAPI.

A request meets, in this order: `protocol` (is it HTTP?), `paths` (which resource is it?), `authentication` (who asks?),
`route` (the order of the checks), `negotiation` and `query` (is it well formed?), one function of `taxii` (which use
case is meant?), then the use case in app.exchange, and `rendering` or `failures`. `application` puts them together.
"""
