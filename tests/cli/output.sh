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
