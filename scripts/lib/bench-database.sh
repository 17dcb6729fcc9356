# shellcheck shell=bash
# The databases that are measured. Sourced by scripts/bench, which sets work, settings and `database`: SQLite, or MariaDB
# on the server of IXPD_TEST_DATABASE_URL.

# USER:PASSWORD, HOST:PORT of mysql://USER:PASSWORD@HOST:PORT/DATABASE
url=${IXPD_TEST_DATABASE_URL:-}
url=${url#mysql://}
url_account=${url%%@*}
url_server=${url#*@}
url_server=${url_server%%/*}
database_name=ixpd_bench

mariadb_client() {
  MYSQL_PWD=${url_account#*:} mariadb -h "${url_server%:*}" -P "${url_server#*:}" -u "${url_account%%:*}" "$@"
}

write_settings() {
  cat >"$settings" <<SETTINGS
IXPD_DATA_DIR=$work/data
IXPD_SCHEDULER=off
APP_URL=http://127.0.0.1
IXP_API_JSONEXPORTSCHEMA_PUBLIC=true
2FA_ENFORCE_FOR_USERS=4
SETTINGS
  [ "$database" = MariaDB ] || return 0
  cat >>"$settings" <<SETTINGS
DATABASE_URL=mysql://$url_account@$url_server/$database_name
APP_KEY=base64:$(head -c 32 /dev/urandom | base64)
SETTINGS
}

# The first column of the first row.
query() { # SQL
  if [ "$database" = MariaDB ]; then
    mariadb_client -BN "$database_name" -e "$1" | head -n 1
  else
    python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])' \
      "$work/data/ixpd.db" "$1"
  fi
}

# What is asked for on each of them.
goal() { # ON-SQLITE ON-MARIADB
  if [ "$database" = MariaDB ]; then echo "$2"; else echo "$1"; fi
}
