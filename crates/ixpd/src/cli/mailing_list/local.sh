#!/bin/sh
# Keeps lists of Mailman 3 in step with what users choose, on the host of ixpd.
# Made by `ixpd mailing-list sync-script --sh`; run it by cron as the user of ixpd.
#
#   IXPD     the command of ixpd, by default ixpd
#   MAILMAN  the command of Mailman, by default mailman
set -eu

ixpd=${IXPD:-ixpd}
mailman=${MAILMAN:-mailman}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# sync_list HANDLE ADDRESS-OF-THE-LIST
sync_list() {
  "$mailman" members "$2" >"$work/members"
  # Who is on the list and has chosen nothing yet stays on it.
  "$ixpd" mailing-list init "$1" <"$work/members" >/dev/null
  "$ixpd" mailing-list get-subscribers "$1" >"$work/on"
  "$ixpd" mailing-list get-subscribers "$1" --unsubscribed >"$work/off"
  if [ -s "$work/on" ]; then "$mailman" addmembers "$work/on" "$2"; fi
  if [ -s "$work/off" ]; then "$mailman" delmembers --file "$work/off" --list "$2"; fi
}

@LISTS@
