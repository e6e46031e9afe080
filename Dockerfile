# One image for web and queue of the scaled-out shape; docker-compose.yml says which.
FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY Makefile package.json package-lock.json ./
COPY requirements requirements
COPY scripts scripts
ENV DATABASE_URL=postgres://build REDIS_URL= ELASTICSEARCH_URL=
RUN make .venv/.scaled .venv/.frontend site/static/vendor/.done
COPY . .
# What was installed above stays, however new the files that have just been copied look to make.
RUN make site/locale/en/LC_MESSAGES/django.mo site/locale/zh_Hans/LC_MESSAGES/django.mo \
        site/locale/zh_Hans/LC_MESSAGES/djangojs.mo \
    && touch .venv/.scaled .venv/.frontend site/static/vendor/.done \
    && .venv/bin/python -m compileall -q manage.py site search matching advisors events \
    && useradd --system --home /data yinqiao && mkdir -p /data && chown yinqiao /data
USER yinqiao
ENV DATA_DIR=/data HOST=0.0.0.0 PORT=8000
VOLUME /data
EXPOSE 8000
CMD ["make", "web"]
