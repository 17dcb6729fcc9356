# shellcheck shell=bash
# BIRD in the versions that router configurations are written for, from Debian's packages. Nothing is installed: they
# are unpacked with the libraries that they need below target/birds, one folder a version, with `bird` and `birdc` in it.
# Sourced by scripts/test, which sets root.

birds=${root:?}/target/birds
# Folder, suite, package: BIRD 2.0.12, 2.17 and 3.1.
bird_builds=("bird2-2.0 bookworm bird2" "bird2 trixie bird2" "bird3 trixie bird3")
debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# need_birds: all of them; fails with a message where they can't be had.
need_birds() {
  local build folder suite package
  for build in "${bird_builds[@]}"; do
    read -r folder suite package <<<"$build"
    [ ! -x "$birds/$folder/birdc" ] || continue
    if ! fetch_bird "$birds/$folder" "$suite" "$package" >"$birds/$folder.log" 2>&1; then
      echo "$package of Debian $suite can't be had, see $birds/$folder.log" >&2
      return 1
    fi
  done
}

# fetch_bird FOLDER SUITE PACKAGE: by an apt-get with lists and a state of its own.
fetch_bird() {
  local folder=$1 suite=$2 package=$3 apt=$1/apt mirror option options=() deb
  if ! command -v apt-get dpkg-deb >/dev/null || [ ! -r "$debian_keyring" ]; then
    echo "apt-get, dpkg-deb or $debian_keyring is missing"
    return 1
  fi
  # The mirror that this machine uses anyway.
  # shellcheck disable=SC2016 # apt-get's own expression
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
  [ -n "$mirror" ] || return 1
  rm -rf "$folder"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$folder/root"
  : >"$apt/status"
  echo "deb [signed-by=$debian_keyring] $mirror $suite main" >"$apt/sources.list"
  for option in "Dir::Etc::SourceList=$apt/sources.list" Dir::Etc::SourceParts=/dev/null "Dir::State=$apt" \
    "Dir::State::Lists=$apt/lists" "Dir::State::Status=$apt/status" "Dir::Cache=$apt/cache" \
    Debug::NoLocking=1 APT::Sandbox::User= APT::Install-Recommends=0 Acquire::Languages=none; do
    options+=(-o "$option")
  done
  apt-get -q -y "${options[@]}" update || return 1
  apt-get -q -y "${options[@]}" install --download-only "$package" || return 1
  for deb in "$apt"/cache/archives/{"$package",lib}*.deb; do
    dpkg-deb -x "$deb" "$folder/root" || return 1
  done
  rm -rf "$apt"
  wrap_bird "$folder" bird
  wrap_bird "$folder" birdc
  "$folder/bird" --version
}

# wrap_bird FOLDER PROGRAM: a script that starts it with the loader and the libraries it was unpacked with, so that
# those of this machine don't matter.
wrap_bird() {
  local folder=$1 program=$2 loader libraries
  loader=$(find "$folder/root" -name 'ld-linux*.so.*' | head -n 1)
  libraries=$(find "$folder/root" -name '*.so.*' -printf '%h\n' | sort -u | paste -s -d :)
  printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' \
    "$loader" "$libraries" "$folder/root/usr/sbin/$program" >"$folder/$program"
  chmod +x "$folder/$program"
}
