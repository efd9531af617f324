# One image for the web server, the worker and migrations; the first argument says which (deploy/entrypoint.sh).

FROM python:3.11.14-slim-bookworm AS packages
WORKDIR /opt/tandem
COPY scripts/installer.txt requirements.txt ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
        --require-hashes --requirement installer.txt \
    && uv venv --quiet .venv \
    && uv pip sync --quiet --no-cache --compile-bytecode --python .venv/bin/python --require-hashes requirements.txt

FROM python:3.11.14-slim-bookworm
# Numbers instead of names, so that a cluster can verify that nobody here is root.
RUN groupadd --system --gid 10001 tandem \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/tandem --shell /usr/sbin/nologin tandem \
    && install --directory --owner=10001 --group=10001 --mode=0750 /var/lib/tandem
WORKDIR /opt/tandem
COPY --from=packages /opt/tandem/.venv .venv
# What may come along is listed in .dockerignore; the code belongs to root and cannot be changed from inside.
COPY . .
RUN .venv/bin/python -m compileall -q -x '/\.venv/' . && chmod 0755 deploy/entrypoint.sh
ENV PATH=/opt/tandem/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8050 \
    TANDEM_HOME=/var/lib/tandem
USER 10001:10001
VOLUME /var/lib/tandem
EXPOSE 8050
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["/opt/tandem/deploy/entrypoint.sh", "healthy"]
ENTRYPOINT ["/opt/tandem/deploy/entrypoint.sh"]
CMD ["web"]
