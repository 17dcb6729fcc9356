# shellcheck shell=bash
# Packages of a Debian release, unpacked in a folder with the libraries that they need. Nothing is installed, and the
# release needn't be the one that runs here.
# Sourced by what unpacks programs for tests; sets nothing but functions and names that begin with debian_.

debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
debian_state=${root:?}/target/debian # lists and packages of each release

# The mirror that this machine uses anyway, or Debian's own.
debian_mirror() {
  local mirror
  # shellcheck disable=SC2016 # apt-get's own expression
  mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n 's/^Debian \([^ ]*\)$/\1/p' | head -n 1)
  echo "${mirror:-http://deb.debian.org/debian}"
}

# The release that runs here, such as bookworm; fails on other systems.
debian_release() {
  # shellcheck source=/dev/null
  (. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME")
}

# unpack_debian FOLDER SUITE PACKAGE...: the packages and the libraries that they need in FOLDER, whose content is
# replaced. By an apt-get with lists and a state of its own; lists of the last hours are used again.
unpack_debian() {
  local folder=$1 suite=$2 apt=$debian_state/$2 package option options=() debs=() deb
  shift 2
  if ! command -v apt-get dpkg-deb >/dev/null || [ ! -r "$debian_keyring" ]; then
    echo "apt-get, dpkg-deb or $debian_keyring is missing"
    return 1
  fi
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" || return 1
  : >"$apt/status"
  echo "deb [signed-by=$debian_keyring] $(debian_mirror) $suite main" >"$apt/sources.list"
  for option in "Dir::Etc::SourceList=$apt/sources.list" Dir::Etc::SourceParts=/dev/null "Dir::State=$apt" \
    "Dir::State::Lists=$apt/lists" "Dir::State::Status=$apt/status" "Dir::Cache=$apt/cache" \
    Debug::NoLocking=1 APT::Sandbox::User= APT::Install-Recommends=0 Acquire::Languages=none; do
    options+=(-o "$option")
  done
  if [ -z "$(find "$apt/updated" -mmin -240 2>/dev/null)" ]; then
    apt-get -q -y "${options[@]}" update || return 1
    touch "$apt/updated"
  fi
  rm -f "$apt"/cache/archives/*.deb
  apt-get -q -y "${options[@]}" install --download-only "$@" || return 1
  rm -rf "$folder"
  mkdir -p "$folder"
  for package in "$@" lib zlib; do debs+=("$apt/cache/archives/$package"*.deb); done
  for deb in "${debs[@]}"; do
    [ ! -f "$deb" ] || dpkg-deb -x "$deb" "$folder" || return 1
  done
  rm -f "$apt"/cache/archives/*.deb
}

# wrap_program FOLDER PROGRAM: puts a script in the place of a program below FOLDER that starts it with the loader and
# the libraries it was unpacked with, so that those of this machine don't matter.
wrap_program() {
  local program=$1/$2 loader libraries
  loader=$(find "$1" -name 'ld-linux*.so.*' | head -n 1)
  libraries=$(find "$1" -name '*.so.*' -printf '%h\n' | sort -u | paste -s -d :)
  mv "$program" "$program.elf" || return 1
  printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" "$program.elf" >"$program"
  chmod +x "$program"
}
