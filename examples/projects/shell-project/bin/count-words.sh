#!/bin/sh
# The words of a file with how often each is there, the most frequent first.
set -eu
tr -cs 'A-Za-z' '\n' < "$1" | tr 'A-Z' 'a-z' | sed '/^$/d' | sort | uniq -c | sort -k1,1nr -k2
