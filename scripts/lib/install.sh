# shellcheck shell=bash
# Installs what a step needs and this machine lacks: Debian packages by apt-get, cargo plugins prebuilt or built.
# Sourced by scripts/test and scripts/bench, which set root.

tools=${root:?}/target/tools # plugins that aren't on the machine already land here
PATH=$tools/bin:$PATH:/usr/sbin
export PATH

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    return 1
  fi
}

# install_package PACKAGE: from Debian, after one update of the lists; true on other systems, where nothing happens.
install_package() {
  command -v apt-get >/dev/null || return 0
  echo "installing $1" >&2
  if [ -z "${apt_updated:-}" ]; then
    as_root apt-get update -q >/dev/null || true
    apt_updated=1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends "$1" >&2 || true
}

# need_command COMMAND PACKAGE: the command, from Debian's package where it is missing. No package here brings a
# service that would start.
need_command() {
  local command=$1 package=$2
  command -v "$command" >/dev/null && return
  install_package "$package"
  command -v "$command" >/dev/null || {
    echo "$command is missing and could not be installed; on Debian: apt-get install $package" >&2
    return 1
  }
}

# What a server of the tests' own consists of; making its first tables takes a program of the client's package.
need_mariadb() {
  need_command mariadbd mariadb-server-core && need_command my_print_defaults mariadb-client-core
}

# What reads our YAML as Ansible and Salt do, and what operators' scripts fetch with. Tests that lack them say so.
want_pullers() { # curl, and Python with YAML
  need_command curl curl || true
  python3 -c 'import yaml' 2>/dev/null && return
  install_package python3-yaml
}

# need_pip: pip, from Debian's package where it is missing.
need_pip() {
  need_command python3 python3 || return 1
  python3 -m pip --version >/dev/null 2>&1 || install_package python3-pip
  python3 -m pip --version >/dev/null 2>&1 || {
    echo "pip is missing and could not be installed; on Debian: apt-get install python3-pip" >&2
    return 1
  }
}

# pip_install FOLDER ARGUMENTS...: into FOLDER, which pip makes anew: where it installs twice into one, with --upgrade,
# the programs of the first time are gone.
pip_install() {
  local folder=$1
  shift
  need_pip || return 1
  rm -rf "$folder"
  python3 -m pip install -q --no-input --disable-pip-version-check --root-user-action ignore \
    --target "$folder" --no-deps --only-binary :all: "$@" >&2
}

# What asks routing registries in place of ixpd, if the settings say so. Tests that lack it say so.
want_bgpq() {
  need_command bgpq4 bgpq4 || true
  need_command bgpq3 bgpq3 || true
}

# need_plugin NAME: a cargo plugin in the version of scripts/tools.txt, unless the machine has one.
need_plugin() {
  local name=$1 version requirement
  command -v "$name" >/dev/null && return
  version=$(sed -n "s/^astral-dev-toolchain-$name==\([0-9.]*\).*/\1/p" "$root/scripts/tools.txt")
  requirement=$(mktemp)
  sed -n "/^astral-dev-toolchain-$name==/,/[^\\\\]$/p" "$root/scripts/tools.txt" >"$requirement"
  echo "installing $name $version" >&2
  mkdir -p "$tools/bin"
  if pip_install "$tools/$name" --require-hashes -r "$requirement"; then
    ln -sf "../$name/bin/$name" "$tools/bin/$name"
  else
    need_command cc gcc || true
    cargo install --locked --root "$tools" "$name" --version "$version" >&2 || true
  fi
  rm -f "$requirement"
  command -v "$name" >/dev/null || {
    echo "$name is missing and could not be installed: cargo install --locked $name" >&2
    return 1
  }
}
