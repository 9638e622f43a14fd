# syntax=docker/dockerfile:1

# The first stage installs what requirements.lock names, each artifact checked against its hash. The second one has
# the result, Comity's own sources, and neither pip's caches nor build tools.
#
#   docker build --tag comity .
#   docker run --detach --name comity --env COMITY_BASE_URL=https://exchange.example --publish 127.0.0.1:8000:8000 \
#     --volume comity:/srv/comity/var --volume "$PWD/collections:/srv/comity/collections:ro" comity
#   docker exec comity comity apply --yes
#
# It speaks plain HTTP: let a proxy end TLS, and let nobody but the proxy reach the port.

FROM python:3.12-slim AS dependencies
COPY requirements.lock /build/requirements.lock
RUN python -m venv /opt/comity \
 && /opt/comity/bin/python -m pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: \
    -r /build/requirements.lock \
 && printf '#!/bin/sh\nexec python -m app "$@"\n' > /opt/comity/bin/comity \
 && chmod 755 /opt/comity/bin/comity

FROM python:3.12-slim
ENV PATH=/opt/comity/bin:$PATH \
    PYTHONPATH=/srv/comity \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    COMITY_LOG_FORMAT=json
COPY --from=dependencies /opt/comity /opt/comity
WORKDIR /srv/comity
COPY LICENSE NOTICE ./
COPY alembic/ alembic/
COPY mappings/ mappings/
COPY app/ app/
RUN groupadd --system --gid 10001 comity \
 && useradd --system --uid 10001 --gid comity --no-create-home --home-dir /srv/comity --shell /usr/sbin/nologin comity \
 && install --directory --owner=comity --group=comity --mode=0700 var

USER 10001:10001
# The embedded database, the ledger and the secret keys. Keep it, and keep it apart from backups that others read.
VOLUME /srv/comity/var
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["comity"]
CMD ["serve", "--host", "0.0.0.0", "--behind-proxy"]
