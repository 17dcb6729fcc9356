# shellcheck shell=bash
# MariaDB servers for tests, by version: 10.11 is the one installed on this machine, whatever version it has; others are
# unpacked from Debian's packages below target/mariadb, one folder a version. Sourced by scripts/mariadb,
# scripts/galera and scripts/test, which set root and have sourced debian.sh.

mariadb_servers=${root:?}/target/mariadb

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
