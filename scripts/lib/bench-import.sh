# shellcheck shell=bash
# Measures the import of one dump. Sourced by scripts/bench, which sets dump, rounds and work and loads the dump.

# A minute for what the largest exchange has, 380 MB, and as much in proportion for more.
import_limit() { # BYTES
  awk -v bytes="$1" 'BEGIN { printf "%d", 60 * (bytes > 380e6 ? bytes / 380e6 : 1) }'
}

measure_import() {
  local round bytes rows seconds peak
  for round in $(seq "$rounds"); do
    say "import $round of $rounds"
    load_dump "$dump"
    echo "$import_seconds" >>"$work/import.seconds"
    echo "$import_peak" >>"$work/import.peaks"
  done
  bytes=$(stat -c %s "$dump")
  rows=$(sed -n 's/^Loaded \([0-9]*\) rows.*/\1/p' "$work/import.log")
  seconds=$(median <"$work/import.seconds")
  peak=$(sort -n "$work/import.peaks" | tail -n 1)
  printf '%s, %s cores, median of %s rounds, dump of %s MB with %s rows' \
    "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$rounds" "$((bytes / 1000000))" "$rows"
  echo
  row "import into SQLite" "$seconds" s "<" "$(import_limit "$bytes")"
  row "rows loaded, indexed and counted" "$(awk -v r="$rows" -v s="$seconds" 'BEGIN { printf "%.0f", r / s }')" rows/s
  row "resident memory, peak of all rounds" "$peak" MiB "<" 150
  row "database file" "$(awk -v b="$(stat -c %s "$work/data/ixpd.db")" 'BEGIN { printf "%.0f", b / 1e6 }')" MB
  table
}
