# shellcheck shell=bash
# Runs named steps, keeps their logs, counts what test runners report and prints the closing summary.
# Sourced by scripts/test, which sets root and logs. Counts are of tests; a step without a test runner (fmt, clippy)
# counts as one.

step_names=()
declare -A step_result step_seconds step_passed step_failed step_skipped step_note
total_passed=0 total_failed=0 total_skipped=0

# A step calls this and returns $SKIPPED when it can't run here and that is no fault.
SKIPPED=77
: "${root:?}" "${logs:?}"
skip_step() { # REASON
  echo "skipped: $*"
  echo "$*" >"$logs/skip-reason"
  return "$SKIPPED"
}

# run_step NAME COMMAND...: runs COMMAND with its output shown and kept, and goes on whatever comes of it.
run_step() {
  local name=$1 began=$SECONDS status=0
  shift
  printf '\n=== %s\n' "$name"
  rm -f "$logs/skip-reason" "$logs/$name.skips"
  export IXPD_TEST_SKIP_LOG=$logs/$name.skips
  ("$@") 2>&1 </dev/null | tee "$logs/$name.log"
  status=${PIPESTATUS[0]}
  unset IXPD_TEST_SKIP_LOG
  step_names+=("$name")
  step_seconds[$name]=$((SECONDS - began))
  count_step "$name" "$status"
}

# Skips NAME without running anything.
skip_without_running() { # NAME REASON
  run_step "$1" skip_step "$2"
}

count_step() { # NAME STATUS
  local name=$1 status=$2 passed=0 failed=0 skipped=0 counts
  if counts=$(runner_counts <"$logs/$name.log"); then
    read -r passed failed skipped <<<"$counts"
    set_aside_skipped_tests "$name"
  elif [ "$status" = 0 ]; then
    passed=1
  fi
  if [ "$status" = "$SKIPPED" ]; then
    step_result[$name]=skipped
    step_note[$name]=$(cat "$logs/skip-reason" 2>/dev/null)
    skipped=1
  elif [ "$status" = 0 ] && [ "$failed" = 0 ]; then
    step_result[$name]=passed
  else
    step_result[$name]=FAILED
    [ "$failed" -gt 0 ] || failed=1 # it broke before any test could fail
  fi
  step_passed[$name]=$passed step_failed[$name]=$failed step_skipped[$name]=$skipped
  total_passed=$((total_passed + passed))
  total_failed=$((total_failed + failed))
  total_skipped=$((total_skipped + skipped))
}

# Tests that found what they need absent say so in the skip log and then pass: they count as skipped instead.
# Those that only wait for a MySQL server aren't skipped: the mariadb step runs them.
set_aside_skipped_tests() {
  local name=$1 aside=0 elsewhere=0
  [ -f "$logs/$name.skips" ] || return 0
  aside=$(cut -f1 "$logs/$name.skips" | sort -u | wc -l)
  if wanted mariadb; then
    elsewhere=$(grep -F IXPD_TEST_DATABASE_URL "$logs/$name.skips" | cut -f1 | sort -u | wc -l)
  fi
  passed=$((passed - aside))
  skipped=$((skipped + aside - elsewhere))
  step_note[$name]=$(cut -f2 "$logs/$name.skips" | sort | uniq -c | sort -rn | awk '
    { n = $1; $1 = ""; printf "%s%d without running:%s", sep, n, $0; sep = "; " }')
}

# Sums the closing lines of cargo-nextest and `cargo test`; fails where there is none.
# nextest counts filtered tests as skipped too; only those of an unfiltered run would mean something, so none is taken.
runner_counts() {
  sed 's/\x1b\[[0-9;]*m//g' | awk '
    /^ *Summary \[/ && /tests? run:/ {
      match($0, /[0-9]+(\/[0-9]+)? tests? run:/); ran = substr($0, RSTART) + 0
      ok = 0; if (match($0, /[0-9]+ passed/)) ok = substr($0, RSTART) + 0
      passed += ok; failed += ran - ok; seen = 1
    }
    /^test result: / {
      if (match($0, /[0-9]+ passed/)) passed += substr($0, RSTART) + 0
      if (match($0, /[0-9]+ failed/)) failed += substr($0, RSTART) + 0
      if (match($0, /[0-9]+ ignored/)) skipped += substr($0, RSTART) + 0
      seen = 1
    }
    END { print passed + 0, failed + 0, skipped + 0; exit !seen }'
}

clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# Prints the table and the closing line; fails when something failed.
summary() {
  local name
  printf '\n=== summary\n%-24s %-8s %7s %8s %7s %8s\n' step result time passed failed skipped
  for name in "${step_names[@]}"; do
    printf '%-24s %-8s %7s %8d %7d %8d\n' "$name" "${step_result[$name]}" "$(clock "${step_seconds[$name]}")" \
      "${step_passed[$name]}" "${step_failed[$name]}" "${step_skipped[$name]}"
  done
  printf '%-24s %-8s %7s %8d %7d %8d\n' all "" "$(clock "$SECONDS")" "$total_passed" "$total_failed" "$total_skipped"
  for name in "${step_names[@]}"; do
    [ -z "${step_note[$name]:-}" ] || printf '%s: %s\n' "$name" "${step_note[$name]}"
  done
  for name in "${step_names[@]}"; do
    [ "${step_result[$name]}" != FAILED ] || printf 'FAILED: %s, see %s\n' "$name" "${logs#"$root"/}/$name.log"
  done
  printf '%d passed, %d failed, %d skipped\n' "$total_passed" "$total_failed" "$total_skipped"
  [ "$total_failed" = 0 ]
}
