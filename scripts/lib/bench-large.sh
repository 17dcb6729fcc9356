# shellcheck shell=bash
# What single requests take on the data of a large exchange: profile L of a synthetic dump (900 members, 1,567 VLAN
# interfaces, 3,015 users, 4.4 million prefixes of the IRR).
# Sourced by scripts/bench, which sets what scripts/lib/bench.sh uses, and ixpd, key and header.

large_samples=9
large_restarts=3

# One request by the superuser's key: leaves milliseconds in `took` and `first_byte`, and the bytes in `size`.
ask() { # PATH [CURL-ARGUMENTS...]
  local path=$1 line status
  shift
  line=$(curl -s -o /dev/null -H "$header: $key" "$@" \
    -w '%{http_code} %{time_total} %{time_starttransfer} %{size_download}' "$base$path")
  read -r status took first_byte size <<<"$line"
  [ "$status" = 200 ] || die "$path answers $status"
  took=$(awk -v s="$took" 'BEGIN { printf "%.1f", s * 1000 }')
  first_byte=$(awk -v s="$first_byte" 'BEGIN { printf "%.1f", s * 1000 }')
}

# The median over requests to one server on one connection, after one that warms it and one that opens the connection.
warm() { # WHAT MILLISECONDS PATH [CURL-ARGUMENTS...]
  local what=$1 wanted=$2 path=$3 targets=()
  shift 2
  ask "$@"
  shift
  for _ in $(seq 0 "$large_samples"); do targets+=(-o /dev/null "$base$path"); done
  curl -s -H "$header: $key" "$@" -w '%{time_total}\n' "${targets[@]}" |
    awk 'NR > 1 { printf "%.1f\n", $1 * 1000 }' >"$work/samples"
  row "$what ($size bytes)" "$(median <"$work/samples")" ms "<" "$wanted"
}

# The median over the first requests to new servers, without what earlier ones left in `irr.cache`.
cold() { # WHAT MILLISECONDS FIRST-BYTE-MILLISECONDS PATH
  local what=$1 wanted=$2 wanted_first=$3
  shift 3
  rm -f "$work/samples" "$work/first"
  for _ in $(seq "$large_restarts"); do
    stop
    rm -f "$work/data/irr.cache"
    start
    ask "$@"
    echo "$took" >>"$work/samples"
    echo "$first_byte" >>"$work/first"
  done
  row "$what, cold" "$(median <"$work/samples")" ms "<" "$wanted"
  [ -z "$wanted_first" ] || row "$what, first byte" "$(median <"$work/first")" ms "<" "$wanted_first"
}

# The switch with the most ports in use, which takes the provisioner longest.
fullest_switch() {
  query "SELECT switchid FROM switchport JOIN physicalinterface ON physicalinterface.switchportid = switchport.id
    GROUP BY switchid ORDER BY COUNT(*) DESC LIMIT 1"
}

# Logs the user of the benchmark in and leaves the cookies in a file.
log_in() {
  local token
  token=$(curl -s -c "$work/cookies" "$base/login" | sed -n 's/.*name="_token" value="\([^"]*\)".*/\1/p' | head -n 1)
  curl -s -o /dev/null -b "$work/cookies" -c "$work/cookies" --data-urlencode "_token=$token" -d username=bench \
    --data-urlencode "password=$password" "$base/login"
}

# The same with the file that the server writes a while after it has read the IRR data.
from_file() { # WHAT MILLISECONDS PATH
  local what=$1 wanted=$2
  shift 2
  ask "$@"
  for _ in $(seq 60); do
    [ ! -f "$work/data/irr.cache" ] || break
    sleep 1
  done
  [ -f "$work/data/irr.cache" ] || die "irr.cache isn't written"
  rm -f "$work/samples"
  for _ in $(seq "$large_restarts"); do
    stop
    start
    ask "$@"
    echo "$took" >>"$work/samples"
  done
  row "$what, first with irr.cache" "$(median <"$work/samples")" ms "<" "$wanted"
}

bench_large() {
  local handle=rs1-v1-ipv4
  if [ "$database" = SQLite ]; then
    row "import" "$import_seconds" s "<" 60
    row "import, peak of resident memory" "$import_peak" MiB "<" 150
  fi
  start
  log_in
  cold "IX-F export" 60 "" /api/v4/member-export/ixf/1.0
  warm "IX-F export, warm" 3 /api/v4/member-export/ixf/1.0
  warm "nagios customers" "$(goal 15 20)" /admin/api/v4/nagios/customers/1/4
  warm "provisioner, fullest switch" 10 "/admin/api/v4/provisioner/layer2interfaces/switch/$(fullest_switch).yaml"
  warm "user/json" 30 /admin/api/v4/user/json
  warm "list of members" 20 /admin/customer/list -b "$work/cookies"
  row "resident memory before configurations" "$(resident VmRSS)" MiB "<" 120
  cold "$handle" "$(goal 3000 4000)" 100 "/admin/api/v4/router/gen-config/$handle"
  from_file "$handle" "$(goal 1000 1000)" "/admin/api/v4/router/gen-config/$handle"
  warm "$handle, warm" "$(goal 400 500)" "/admin/api/v4/router/gen-config/$handle"
  row "resident memory afterwards" "$(resident VmRSS)" MiB "<" 150
  row "resident memory, peak" "$(resident VmHWM)" MiB "<" 150
  stop
}
