#!/bin/sh
# Counts lines of each kind: tally.sh FILE prints `<count> <line>`, most frequent first.
set -eu
if [ "$#" -ne 1 ]; then
  echo "usage: tally.sh FILE" >&2
  exit 2
fi
sort "$1" | uniq -c | sort -k1,1nr -k2 | awk '{ count = $1; $1 = ""; sub(/^ /, ""); print count, $0 }'
