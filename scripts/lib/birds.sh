# shellcheck shell=bash
# BIRD in the versions that router configurations are written for, from Debian's packages. Nothing is installed: they
# are unpacked below target/birds, one folder a version, with `bird` and `birdc` in it.
# Sourced by scripts/test, which sets root and has sourced debian.sh.

birds=${root:?}/target/birds
# Folder, suite, package: BIRD 2.0.12, 2.17 and 3.1.
bird_builds=("bird2-2.0 bookworm bird2" "bird2 trixie bird2" "bird3 trixie bird3")

# need_birds: all of them; fails with a message where they can't be had.
need_birds() {
  local build folder suite package
  mkdir -p "$birds"
  for build in "${bird_builds[@]}"; do
    read -r folder suite package <<<"$build"
    [ ! -x "$birds/$folder/birdc" ] || continue
    if ! fetch_bird "$birds/$folder" "$suite" "$package" >"$birds/$folder.log" 2>&1; then
      echo "$package of Debian $suite can't be had, see $birds/$folder.log" >&2
      return 1
    fi
  done
}

fetch_bird() { # FOLDER SUITE PACKAGE
  local folder=$1 suite=$2 package=$3 program
  unpack_debian "$folder/root" "$suite" "$package" || return 1
  for program in bird birdc; do
    wrap_program "$folder/root" "usr/sbin/$program" || return 1
    ln -sf "root/usr/sbin/$program" "$folder/$program"
  done
  "$folder/bird" --version
}
