#!/bin/sh
# Every file of ours is as clang-format 14 writes it (`./dev format`).
# Usage: format.sh ROOT. Exit code 77: skipped.
set -eu
cd "$1"
command -v clang-format > /dev/null || { echo "skipped: there is no clang-format"; exit 77; }
version=$(clang-format --version)
case $version in
  *"version 14."*) ;;
  *) echo "skipped: $version formats otherwise than version 14 of Debian 12"; exit 77 ;;
esac
find bench cli connectors engine projections tests -path '*/node_modules' -prune -o \
  \( -name '*.cpp' -o -name '*.hpp' \) -print0 | xargs -0 clang-format --dry-run -Werror
