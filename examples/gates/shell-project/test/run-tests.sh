#!/bin/sh
# Runs the script on a small file and compares what it prints.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
file=$(mktemp)
trap 'rm -f "$file"' EXIT
printf 'pear\napple\npear\n' > "$file"
got=$(sh "$here/bin/tally.sh" "$file")
wanted='2 pear
1 apple'
[ "$got" = "$wanted" ] || { echo "got: $got" >&2; exit 1; }
if sh "$here/bin/tally.sh" 2>/dev/null; then echo "no argument was accepted" >&2; exit 1; fi
echo "2 passed"
