# shellcheck shell=bash
# Starts and stops the server that is measured, and prints rows of a table of figures.
# Sourced by scripts/bench, which sets binary, settings, work and server and uses what stands here.

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}
port=$(free_port)
base=http://127.0.0.1:$port

microseconds() { local now=$EPOCHREALTIME && echo "${now/[.,]/}"; }

# The first line of the answer to a request, by bash alone: starting a client would take longer than the server does.
answers() { # PATH
  local line
  exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$1" >&3
  IFS= read -r line <&3
  exec 3>&-
  [[ $line == "HTTP/1.1 200"* ]]
}

# Starts the server and leaves in `started` the milliseconds until it answered for its database.
start() {
  local began
  began=$(microseconds)
  env -i PATH="$PATH" "$binary" --env-file "$settings" serve --listen "127.0.0.1:$port" >"$work/server.log" 2>&1 &
  server=$!
  until { answers /readyz; } 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2 && die "the server ended"; }
    [ $(($(microseconds) - began)) -lt 30000000 ] || { cat "$work/server.log" >&2 && die "the server doesn't answer"; }
    sleep 0.001
  done
  started=$((($(microseconds) - began) / 1000))
}

stop() {
  kill "$server"
  wait "$server" 2>/dev/null || true
  server=
}

median() { sort -n | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

resident() { awk -v what="$1" '$1 == what ":" { printf "%.0f", $2 / 1024 }' "/proc/$server/status"; }

missed=0
# Notes a figure of `database`; `table` prints them.
row() { # WHAT FIGURE UNIT [COMPARISON TARGET]
  local verdict="" wanted=""
  if [ $# = 5 ]; then
    wanted="$4 $5"
    if awk -v a="$2" -v b="$5" -v op="$4" 'BEGIN { exit !(op == "<" ? a < b : a >= b) }'; then
      verdict=met
    else
      verdict=MISSED
      missed=1
    fi
  fi
  printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$database" "$1" "$2" "$3" "$wanted" "$verdict" >>"$work/rows"
}

# Prints the figures of all databases side by side, and begins a new table.
table() {
  awk -F '\t' '
    # The number of bytes differs with the times in a text.
    { what = $2; sub(/ \([0-9]+ bytes\)$/, "", what) }
    !($1 in known) { known[$1] = 1; databases[++columns] = $1 }
    !(what in place) { place[what] = ++count; names[count] = $2 }
    { cell[place[what], $1] = sprintf("%12s %-6s %10s %-7s", $3, $4, $5, $6) }
    END {
      printf "\n%-52s", "figure"
      for (c = 1; c <= columns; c++) printf " %12s %-6s %10s %-7s", databases[c], "", "target", ""
      print ""
      for (n = 1; n <= count; n++) {
        printf "%-52s", names[n]
        for (c = 1; c <= columns; c++) {
          key = n SUBSEP databases[c]
          if (key in cell) printf " %s", cell[key]; else printf " %38s", ""
        }
        print ""
      }
    }' "$work/rows"
  rm -f "$work/rows"
}
