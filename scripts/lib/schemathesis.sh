# shellcheck shell=bash
# Requests made up from the description of the API, sent to a demo exchange. Sourced by scripts/test, which sets root and
# logs and has sourced install.sh.

schemathesis_home=${tools:?}/schemathesis

need_schemathesis() {
  local wanted=${root:?}/scripts/schemathesis.txt
  cmp -s "$wanted" "$schemathesis_home/installed.txt" && return
  echo "installing $(grep '^schemathesis==' "$wanted")" >&2
  if ! pip_install "$schemathesis_home" -r "$wanted"; then
    echo "schemathesis is missing and could not be installed: pip install -r scripts/schemathesis.txt" >&2
    return 1
  fi
  cp "$wanted" "$schemathesis_home/installed.txt"
}

# waits_for FILE PATTERN: until a line of FILE matches, ten seconds at most.
waits_for() {
  for _ in $(seq 100); do
    ! grep -q "$2" "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  cat "$1" >&2
  return 1
}

# Outside services: files that a web server on loopback gives out. Its refusals do for a whois server's answers.
outside_services() { # FOLDER
  mkdir -p "$1/js"
  printf '{"data":[{"id":1,"name":"Example","city":"Cork","country":"IE"}]}\n' |
    tee "$1/net.json" "$1/ix.json" "$1/fac.json" "$1/list.json" >/dev/null
  printf '{"ixp_list":[{"ixf_id":20}]}\n' >"$1/js/ixp-manager-users.json"
}

settings_for_schemathesis() { # FOLDER PORT PORT-OF-OUTSIDE-SERVICES
  local outside=http://127.0.0.1:$3
  cat <<SETTINGS
IXPD_DATA_DIR=$1/demo
IXPD_LISTEN=127.0.0.1:$2
IXPD_SCHEDULER=off
IXPD_IRR_BACKEND=off
IXPD_LOG=warn
APP_URL=http://127.0.0.1:$2
MAIL_MAILER=log
IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS=false
IXP_API_PEERING_DB_URL=$outside
IXP_API_IXPDB_IXP_URL=$outside/list.json
IXP_MANAGER_DOTORG_BASE_URL=$outside
IXP_API_WHOIS_PREFIX_HOST=127.0.0.1
IXP_API_WHOIS_PREFIX_PORT=$3
IXPD_MAILING_LISTS=$1/lists.json
SETTINGS
}

# Fails on an answer of 500 and above, and on one whose status, type or form the description doesn't have. The same
# requests each time, so that what fails fails again.
schemathesis() {
  need_command curl curl && need_schemathesis || return 1
  cargo build --locked --bin ixpd || return 1
  local ixpd=${CARGO_TARGET_DIR:-$root/target}/debug/ixpd work port outside_port key status
  work=$(mktemp -d "${TMPDIR:-/tmp}/ixpd-schemathesis.XXXXXX")
  # The step has a shell of its own, which the trap ends; what is local is gone by then.
  started=()
  # shellcheck disable=SC2064 # this folder
  trap "kill \"\${started[@]}\" 2>/dev/null; rm -rf -- '$work'" EXIT
  cd "$work" || return 1

  "$ixpd" demo --dir "$work/demo" --listen 127.0.0.1:0 >demo.txt 2>&1 &
  started=($!)
  waits_for demo.txt '^Demo exchange at' || return 1
  port=$(sed -n 's|^Demo exchange at http://127.0.0.1:\([0-9]*\)/.*|\1|p' demo.txt)
  kill "${started[0]}"
  wait "${started[0]}"

  outside_services "$work/outside"
  python3 -u -m http.server 0 --bind 127.0.0.1 --directory outside >outside.txt 2>&1 &
  started=($!)
  waits_for outside.txt '^Serving HTTP' || return 1
  outside_port=$(sed -n 's/^Serving HTTP on .* port \([0-9]*\) .*/\1/p' outside.txt)

  echo '{"enabled":true,"lists":{"ops":{"name":"Operations","desc":"","email":"ops@example.net","archive":"","syncpws":false}}}' \
    >lists.json
  settings_for_schemathesis "$work" "$port" "$outside_port" >settings.env
  key=$("$ixpd" api-key create --env-file settings.env --user admin --description schemathesis --access-level full) || return 1
  "$ixpd" serve --env-file settings.env >server.txt 2>&1 &
  started+=($!)
  curl -fsS --retry 50 --retry-delay 1 --retry-connrefused -o /dev/null "http://127.0.0.1:$port/readyz" || return 1

  PYTHONPATH=$schemathesis_home timeout 900 python3 -m schemathesis.cli run "http://127.0.0.1:$port/api/openapi.json" \
    --header "X-IXP-Manager-API-Key: $key" --generation-with-security-parameters false \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --phases examples,coverage,fuzzing --max-examples 20 --generation-deterministic --continue-on-failure \
    --suppress-health-check all --warnings off --request-timeout 30 --workers 1 --no-color
  status=$?
  grep -E ' (WARN|ERROR) ' server.txt | sort | uniq -c | sort -rn | head -20
  return "$status"
}
