#!/bin/sh
# Reports while another process writes: they need no lock of the log.
# Usage: reading.sh PROGRAM
set -eu
program=$1
folder=$(mktemp -d)

trap 'exec 3>&-; rm -rf "$folder"' EXIT
cd "$folder"
fail() { echo "$*"; exit 1; }
party() {
  echo '{"command": "crm.RegisterParty", "body": {"party": "C-'$1'", "kind": "organisation", "name": "Alpha"}}'
}
count() { "$program" -b book "$@" report parties --csv | grep -c '^C-' || true; }

"$program" -q init book --chart general
[ "$(count)" = 0 ] || fail "a new book has parties"

# A writer that waits for what it is told. What it was told shows soon.
shows() {
  tries=0
  until [ "$(count 2> said)" = "$1" ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail "a report does not show $1 parties beside a writer: $(tail -n 1 said)"
  done
}
mkfifo orders
"$program" -q -b book submit - < orders > answers &
writer=$!
exec 3> orders
party 1 >&3
shows 1
party 2 >&3
shows 2
"$program" -q -b book check || fail "the books could not be checked beside a writer"
"$program" -b book export table crm.parties --csv | grep -q '^C-2' || fail "no export beside a writer"
status=0
party 3 | "$program" -q -b book submit 2> said || status=$?
[ "$status" = 7 ] && grep -q "open for writing by process $writer" said || fail "two writers, or no name: $(cat said)"
exec 3>&-
wait $writer || fail "the writer was disturbed"

# Many readers at once wait for each other.
for reader in 1 2 3 4; do count > "seen$reader" & done
wait
[ "$(cat seen1 seen2 seen3 seen4 | sort -u)" = 2 ] || fail "readers at once did not see the same"
