#!/bin/sh
set -eu
file=$(mktemp)
trap 'rm -f "$file"' EXIT
printf 'One two, two; THREE three three\n' > "$file"
found=$(sh bin/count-words.sh "$file" | awk '{ print $1 $2 }' | tr '\n' ' ')
if [ "$found" = "3three 2two 1one " ]; then echo "ok 1 - counts"; else
  echo "not ok 1 - counts: $found"
  exit 1
fi
