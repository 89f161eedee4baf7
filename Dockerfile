# Two stages: the first builds a virtual environment from the hashed lock, the second carries nothing but it. Only
# compileall may fail: a template in a package may be no Python. docs/operations.md shows how to pin the base image.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
ARG REQUIREMENTS=requirements.txt
COPY requirements.txt requirements-postgres.txt requirements-build.txt ./
RUN python -m venv /opt/earshot \
 && /opt/earshot/bin/python -m pip install --quiet --require-hashes -r "$REQUIREMENTS" \
 && python -m venv /opt/backend \
 && /opt/backend/bin/python -m pip install --quiet --require-hashes -r requirements-build.txt
COPY pyproject.toml README.md LICENSE ./
COPY listener listener
COPY responders responders
COPY config config
RUN /opt/backend/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/earshot/bin/python -m pip install --quiet --no-deps --no-index /wheels/*.whl \
 && rm -rf /opt/earshot/lib/python3*/site-packages/pip* /opt/earshot/bin/pip* \
 && { python -m compileall -q -j 0 /opt/earshot/lib || true; }

FROM python:3.12-slim
# Compiled once here: on a read-only root nothing could be compiled at start, and every start would pay for it.
RUN { python -m compileall -q "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" || true; } \
 && useradd --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin earshot \
 && install -d -o earshot -g earshot -m 0700 /data
COPY --from=build /opt/earshot /opt/earshot
# TMPDIR: SQLite's VACUUM writes a copy of the whole database to a temporary file, more than a small /tmp holds.
ENV PATH=/opt/earshot/bin:$PATH EARSHOT_DATA=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    TMPDIR=/data
USER earshot
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s --retries=3 CMD ["earshot", "health"]
ENTRYPOINT ["earshot"]
CMD ["run"]
