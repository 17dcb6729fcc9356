# shellcheck shell=bash
# MariaDB servers for tests, by version: 10.11 is the one installed on this machine, whatever version it has; others are
# unpacked from Debian's packages below target/mariadb, one folder a version. Sourced by scripts/mariadb,
# scripts/galera and scripts/test, which set root and have sourced debian.sh.

mariadb_servers=${root:?}/target/mariadb

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# The process of a server folder, if it is still that server and not a later process with the same number.
server_process() {
  local pid
  pid=$(cat "$1/server.pid" 2>/dev/null) || return 1
  tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -- "--datadir=$1/data" && echo "$pid"
}

# Folders of servers that died without cleaning up, from a run that was killed outright.
sweep() {
  local dir
  for dir in "$1"/ixpd-mariadb.*; do
    if [ -O "$dir" ] && [ -f "$dir/server.pid" ] && ! server_process "$dir" >/dev/null; then rm -rf -- "$dir"; fi
  done
}

make_folder() {
  local base=/dev/shm free needed_kib=$((1024 * 1024)) # free space wanted in memory: 1 GiB
  free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1) || free=0
  if [ ! -w /dev/shm ] || [ "${free:-0}" -lt "$needed_kib" ]; then base=${TMPDIR:-/tmp}; fi
  sweep "$base"
  mktemp -d "$base/ixpd-mariadb.XXXXXX"
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

random_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 12000))
    if port_is_free "$port"; then
      echo "$port"
      return
    fi
  done
  die "no free port found between 20000 and 32000"
}

halt() { # FOLDER
  local pid
  if pid=$(server_process "$1"); then
    kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 100); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -rf -- "$1"
}

random_password() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# write_init PASSWORD FILE: what makes an empty database and its user, one statement a line.
write_init() {
  local host
  (
    umask 077
    {
      echo "CREATE DATABASE ixpd;"
      for host in localhost 127.0.0.1; do
        echo "CREATE USER ixpd@'$host' IDENTIFIED BY '$1';"
        echo "GRANT ALL ON *.* TO ixpd@'$host' WITH GRANT OPTION;"
      done
    } >"$2"
  )
}

# Leaves in `leash` what makes a server die with this script even when that is killed outright.
bound_to_this_script() {
  leash=()
  if command -v setpriv >/dev/null; then leash=(setpriv --pdeathsig KILL); fi
}

# Runs a command and ends this script with its status; an EXIT trap cleans up. In the background with our own standard
# input, so that a signal is handled at once and not after the command.
run_to_its_end() {
  local status child=""
  trap 'if [ -n "$child" ]; then kill -TERM "$child" 2>/dev/null || true; else exit 143; fi' TERM INT HUP
  "$@" <&0 &
  child=$!
  while :; do
    status=0
    wait "$child" || status=$?
    kill -0 "$child" 2>/dev/null || break # else a signal interrupted the wait
  done
  exit "$status"
}

mariadb_suite() { # VERSION
  case $1 in
  11.8) echo trixie ;;
  *)
    echo "MariaDB $1 is not known here: 10.11 and 11.8 are" >&2
    return 1
    ;;
  esac
}

# need_server VERSION: fails with a message where it can't be had. What is installed is not its concern.
need_server() {
  local version=$1 folder=$mariadb_servers/$1 suite
  [ "$version" != 10.11 ] || return 0
  suite=$(mariadb_suite "$version") || return 1
  [ ! -e "$folder/ready" ] || return 0
  mkdir -p "$mariadb_servers"
  if ! fetch_server "$folder" "$suite" >"$folder.log" 2>&1; then
    echo "MariaDB $version of Debian $suite can't be had, see $folder.log" >&2
    return 1
  fi
}

fetch_server() { # FOLDER SUITE
  local folder=$1 program
  unpack_debian "$folder" "$2" mariadb-server-core mariadb-client-core galera-4 || return 1
  for program in sbin/mariadbd bin/mariadb bin/my_print_defaults bin/resolveip; do
    wrap_program "$folder" "usr/$program" || return 1
  done
  "$folder/usr/sbin/mariadbd" --no-defaults --version || return 1
  touch "$folder/ready"
}

# server_command VERSION: leaves the program and the arguments that it must begin with in the array server_command.
server_command() {
  local program
  if [ "$1" = 10.11 ]; then
    program=$(command -v mariadbd || echo /usr/sbin/mariadbd)
    [ -x "$program" ] || {
      echo "mariadbd is not installed; on Debian: apt-get install mariadb-server-core mariadb-client-core" >&2
      return 1
    }
    server_command=("$program" --no-defaults)
  else
    need_server "$1" || return 1
    server_command=("$mariadb_servers/$1/usr/sbin/mariadbd" --no-defaults "--basedir=$mariadb_servers/$1/usr")
  fi
  [ "$(id -u)" != 0 ] || server_command+=(--user=root)
}

# galera_provider VERSION: the library of Galera, unpacked where nothing was before.
galera_provider() {
  local folder=$mariadb_servers/$1 release
  if [ "$1" = 10.11 ]; then
    release=$(debian_release) || return 1
    folder=$mariadb_servers/galera-$release
    mkdir -p "$mariadb_servers"
    if [ ! -e "$folder/usr/lib/galera/libgalera_smm.so" ] &&
      ! unpack_debian "$folder" "$release" galera-4 >"$folder.log" 2>&1; then
      echo "galera-4 of Debian $release can't be had, see $folder.log" >&2
      return 1
    fi
  else
    need_server "$1" || return 1
  fi
  echo "$folder/usr/lib/galera/libgalera_smm.so"
}

# server_client VERSION: the program that reads SQL from its standard input.
server_client() {
  if [ "$1" = 10.11 ]; then echo mariadb; else echo "$mariadb_servers/$1/usr/bin/mariadb"; fi
}

# make_tables VERSION FOLDER: the system tables, in FOLDER/data.
make_tables() {
  local program=(mariadb-install-db --no-defaults)
  [ "$1" = 10.11 ] || program=("$mariadb_servers/$1/usr/bin/mariadb-install-db" --no-defaults "--basedir=$mariadb_servers/$1/usr")
  [ "$(id -u)" != 0 ] || program+=(--user=root)
  "${program[@]}" --datadir="$2/data" --skip-test-db >"$2/install.log" 2>&1 && return
  cat "$2/install.log" >&2
  echo "mariadb-install-db failed" >&2
  return 1
}
