#!/bin/sh
# Keeps lists of Mailman 3 in step with what users choose, through the API.
# Made by `ixpd mailing-list sync-script`; run it by cron on the host of the lists.
#
#   IXP_API_KEY  the API key of a superuser
#   MAILMAN      the command of Mailman, by default mailman
set -eu

url=@URL@
mailman=${MAILMAN:-mailman}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The key goes by a file: other users see the arguments of commands.
umask 077
printf 'X-IXP-Manager-API-Key: %s\n' "${IXP_API_KEY:?set it to the API key of a superuser}" >"$work/header"
ask() { curl --fail --silent --show-error --max-time 60 --header "@$work/header" "$@"; }

# sync_list HANDLE ADDRESS-OF-THE-LIST
sync_list() {
  "$mailman" members "$2" >"$work/members"
  # Who is on the list and has chosen nothing yet stays on it.
  ask --data-urlencode "addresses@$work/members" "$url/init/$1" >/dev/null
  ask "$url/subscribers/$1" | sed '/^$/d' >"$work/on"
  ask "$url/unsubscribed/$1" | sed '/^$/d' >"$work/off"
  if [ -s "$work/on" ]; then "$mailman" addmembers "$work/on" "$2"; fi
  if [ -s "$work/off" ]; then "$mailman" delmembers --file "$work/off" --list "$2"; fi
}

@LISTS@
