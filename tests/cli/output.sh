#!/bin/sh
# What only a shell sees: following the log until Ctrl-C, and an answer that finds no room.
# Usage: output.sh PROGRAM
set -eu
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$program" -q init "$folder/book" --currency EUR --chart general

status=0
timeout --preserve-status -s INT 4 "$program" -b "$folder/book" log tail -n 3 -f > "$folder/followed" || status=$?
[ "$status" = 130 ] || { echo "log tail -f ended with $status, not 130"; exit 1; }
[ "$(wc -l < "$folder/followed")" = 3 ] || { echo "log tail -f did not show three lines"; exit 1; }

[ -c /dev/full ] || { echo "skipped: an answer without room, for there is no /dev/full"; exit 0; }
status=0
"$program" -b "$folder/book" log export > /dev/full 2> "$folder/said" || status=$?
[ "$status" = 1 ] || { echo "log export into a full place ended with $status, not 1"; exit 1; }
grep -q "could not be written whole" "$folder/said"

# On a terminal: a long table goes through the pager, a short one and every other form do not.
command -v script > /dev/null || { echo "skipped: the pager, for there is no script"; exit 0; }
on_terminal() { TERM=xterm DAYBOOK_PAGER="sed s/^/paged:/" script -qec "stty rows 24 cols 80; $*" /dev/null < /dev/null; }
on_terminal "$program" -b "$folder/book" export table accounting.accounts | grep -q '^paged:' || { echo "a long table did not go through the pager"; exit 1; }
for words in "export table accounting.journals" "--no-pager export table accounting.accounts" "--csv export table accounting.accounts"; do
  ! on_terminal "$program" -b "$folder/book" $words | grep '^paged:' || { echo "$words went through the pager"; exit 1; }
done
