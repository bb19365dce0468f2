#!/bin/sh
# The demonstration: about as many events as were asked for, the same log for the same seed, and one
# that was broken off goes on.
# Usage: demo.sh PROGRAM
set -eu
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
fail() { echo "$*"; exit 1; }
play() { "$program" -q demo "$@" > shown; }
stat_of() { "$program" -b "$1" log stat --csv | tail -n 1; }
events_of() { stat_of "$1" | cut -d , -f 1; }
root_of() { stat_of "$1" | cut -d , -f 7; }

for seed in 1 2 3; do
  play "s$seed" --events 8000 --seed $seed
  events=$(events_of "s$seed")
  [ "$events" -ge 7200 ] && [ "$events" -le 8800 ] || fail "--events 8000 --seed $seed gave $events"
  "$program" -q -b "s$seed" check --rules-only || fail "the books of seed $seed prove nothing"
done
play again --events 8000 --seed 1
[ "$(root_of s1)" = "$(root_of again)" ] || fail "the same seed gave another log"
[ "$(root_of s1)" != "$(root_of s2)" ] || fail "another seed gave the same log"
"$program" -b s1 report sales-by-customer --top 3 --json | grep -q '"The total is that of all ' &&
  "$program" -b s1 report gross-profit --by item --top 3 --json | grep -q '"The total is that of all ' ||
  fail "the first lines of a report do not say whose their total is"
"$program" -q -b named demo --events 8000 --seed 1 > shown && [ "$(root_of named)" = "$(root_of s1)" ] &&
  [ ! -e demo-book ] || fail "-b did not say where the demonstration goes"
DAYBOOK_BOOK=named "$program" -q demo --events 8000 --seed 1 > shown && [ ! -e demo-book ] ||
  fail "DAYBOOK_BOOK did not say where the demonstration is"
play larger --events 30000
events=$(events_of larger)
[ "$events" -ge 27000 ] && [ "$events" -le 33000 ] || fail "--events 30000 gave $events"
[ "$("$program" -b larger report negative-stock --csv | wc -l)" = 1 ] || fail "places gave more than they had"
[ "$("$program" -b larger report stock-to-reorder --csv | wc -l)" -gt 1 ] || fail "nothing is to be reordered"
[ "$(wc -l < shown)" -le 125 ] && grep -q 'The last 10 of .*; without --last all of them' shown ||
  fail "the demonstration fills $(wc -l < shown) lines"
status=0
"$program" demo small --events 500 2> said || status=$?
[ "$status" = 2 ] && [ ! -e small ] || fail "a year of 500 events was not refused"

# Broken off twice: by Ctrl-C, which says how to go on, and without a word.
for signal in INT KILL; do
  "$program" demo broken --events 30000 > shown 2> said &
  tries=0
  until [ "$("$program" -b broken log stat --csv 2> /dev/null | tail -n 1 | cut -d , -f 1)0" -ge 10 ]; do
    tries=$((tries + 1))
    [ $tries -lt 1000 ] || fail "the demonstration does not begin: $(cat said)"
  done
  kill -$signal $!
  status=0
  wait $! || status=$?
  [ "$status" != 0 ] || fail "the demonstration was over before it was broken off"
  [ $signal = KILL ] || { [ "$status" = 130 ] && grep -q "Go on with: .* demo broken --seed 1" said; } ||
    fail "Ctrl-C ended with $status and did not say how to go on"
done
status=0
"$program" demo broken --events 31000 2> said || status=$?
[ "$status" = 5 ] || fail "another year was played in the same book"
play broken --events 30000
[ "$(root_of broken)" = "$(root_of larger)" ] || fail "going on gave another log"
