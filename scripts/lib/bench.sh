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

missed=0
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
  printf '%-52s %12s %-6s %10s  %s\n' "$1" "$2" "$3" "$wanted" "$verdict"
}

heading() { printf '\n%-52s %12s %-6s %10s\n' figure reached "" target; }
