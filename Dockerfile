# The book in a container: SQLite under /data by default, PostgreSQL by DATABASE_URL.
FROM python:3.13-slim AS build
WORKDIR /solon
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md alembic.ini ./
COPY app ./app
COPY migrations ./migrations
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable .

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 solon && mkdir /data && chown solon /data
COPY --from=build /venv /venv
COPY --from=build /solon /solon
USER solon
WORKDIR /solon
ENV PATH=/venv/bin:$PATH SOLON_DATA=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz')"]
CMD ["solon", "serve", "--host", "0.0.0.0"]
