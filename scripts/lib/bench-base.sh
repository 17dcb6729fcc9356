# shellcheck shell=bash
# Requests/s of this build and of another one. Sourced by scripts/bench, which sets base_binary, binary, dump and rounds.

[ -z "$base_binary" ] || connections=16

# Runs both binaries in turns, each on data of its own, since the newer one adds tables that the other doesn't know.
bench_base() {
  local round which own=$binary handle what nagios
  for which in base new; do
    if [ "$which" = base ]; then binary=$base_binary; else binary=$own; fi
    database_name=ixpd_bench_$which
    prepare "$dump"
    rm -rf -- "${work:?}/$which"
    mkdir "$work/$which"
    mkdir -p "$work/data" # on MariaDB nothing has been written yet
    mv "$work/data" "$work/$which/data"
    sed "s|^IXPD_DATA_DIR=.*|IXPD_DATA_DIR=$work/$which/data|" "$settings" >"$work/$which/settings.env"
    echo "$key" >"$work/$which/key"
  done
  handle=$(query_of new "SELECT handle FROM routers WHERE type = 1 AND template LIKE 'api/v4/router/server/bird2%'
    ORDER BY handle LIMIT 1")
  nagios=$(query_of new "SELECT vlanid FROM vlaninterface GROUP BY vlanid ORDER BY COUNT(*) DESC LIMIT 1")
  rm -f "$work"/{base,new}.{nagios,router}
  for round in $(seq "$rounds"); do
    for which in base new; do
      say "round $round of $rounds on $database, $which"
      if [ "$which" = base ]; then binary=$base_binary; else binary=$own; fi
      settings=$work/$which/settings.env
      start
      load "$work/$which.nagios" -H "$header: $(cat "$work/$which/key")" \
        "$base/admin/api/v4/nagios/customers/$nagios/4"
      load "$work/$which.router" -H "$header: $(cat "$work/$which/key")" \
        "$base/admin/api/v4/router/gen-config/$handle"
      stop
    done
  done
  binary=$own
  settings=$work/settings.env
  for what in nagios router; do
    row "$what, the other build" "$(rate "base.$what")" req/s
    row "$what, this build" "$(rate "new.$what")" req/s
    row "$what, this build / the other" \
      "$(awk -v a="$(rate "new.$what")" -v b="$(rate "base.$what")" 'BEGIN { printf "%.2f", a / b }')" "" \
      ">=" "$([ "$what" = nagios ] && echo 3.8 || echo 2.4)"
  done
}

query_of() { # base|new SQL
  if [ "$database" = MariaDB ]; then
    mariadb_client -BN "ixpd_bench_$1" -e "$2" | head -n 1
  else
    python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])' \
      "$work/$1/data/ixpd.db" "$2"
  fi
}
