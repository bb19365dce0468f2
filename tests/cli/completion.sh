#!/bin/bash
# The completions as bash calls them: words before the cursor, and what is offered.
# Usage: completion.sh PROGRAM
set -eu
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir acme
touch orders.map
set +e  # Completions answer with whatever exit code.
source <("$program" completion bash)

# offers WORD... with `what` among them; the last word is the one at the cursor.
offers() {
  local what=$1
  shift
  COMP_WORDS=(daybook "$@")
  COMP_CWORD=$#
  COMPREPLY=()
  _daybook
  [[ " ${COMPREPLY[*]} " == *" $what "* ]] || {
    echo "daybook $* does not offer $what but: ${COMPREPLY[*]}"
    exit 1
  }
}
withholds() {
  local what=$1
  ! (offers "$@" > /dev/null) || { shift; echo "daybook $* offers $what"; exit 1; }
}

offers report rep
offers --book --bo
offers acme -b ac
offers report -b acme rep
offers trial-balance -b acme report trial
offers trial-balance --book = acme report trial
offers trial-balance -b kafka : //host : 9092/book report trial
offers --as-of -b acme report trial-balance --as
offers --json -b acme report trial-balance --js
offers trial-balance report --known-at 17 trial
offers quarter report funnel --by q
offers jsonl report funnel --format j
offers jsonl report --format j
offers tail -b log log ta
offers undo import un
offers orders.map import exports --map or
offers backdating demo back
withholds trial-balance -b report tri
withholds --as-of log --as
withholds --json ""
