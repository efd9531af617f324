#!/bin/sh
# Runs once, when the database container initialises its volume: the login of web and worker. It owns nothing, and
# row-level security binds it. Migrations give it what it needs.
set -eu
: "${TANDEM_APP_PASSWORD:?set TANDEM_APP_PASSWORD}"

psql --no-psqlrc --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set=password="$TANDEM_APP_PASSWORD" <<'SQL'
CREATE ROLE tandem_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT PASSWORD :'password';
SQL
