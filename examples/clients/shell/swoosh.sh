#!/bin/sh
# Signs and proposes to Swoosh from the wire contract alone, with openssl (3.0 or later), curl and jq.
#
#   swoosh.sh propose URL KEY.pem INSTANCE TRANSITION ['{"inputs": "as JSON"}']
#   swoosh.sh vectors vectors.json
#
# Exit codes: 0 accepted, 1 refused, 2 usage, 3 the server cannot be reached.
set -eu
export LC_ALL=C

PROPOSAL_TYPE=application/vnd.swoosh.proposal.v1+json
ABSENT_HASH=sha256-0000000000000000000000000000000000000000000000000000000000000000

fail() {
  status=$1
  shift
  echo "swoosh.sh: $*" >&2
  exit "$status"
}

for program in openssl curl jq; do
  command -v "$program" >/dev/null || fail 2 "$program is missing; install it"
done

folder=$(mktemp -d)
# The folder holds nothing but what this script makes in it.
trap 'rm -f "$folder/message" "$folder/key.pem" "$folder/answer" "$folder/headers"; rmdir "$folder"' EXIT

# RFC 8785 on stdin and stdout, without a newline. jq orders keys by code points and escapes DEL; the standard orders them
# by UTF-16 units and does not.
canonical() {
  jq -j '
    def units: explode | map(if . > 65535 then (. - 65536) as $rest
      | (55296 + ($rest / 1024 | floor)), (56320 + $rest % 1024) else . end);
    def canon: if type == "object"
        then "{" + (to_entries | sort_by(.key | units) | map((.key | tojson) + ":" + (.value | canon)) | join(",")) + "}"
      elif type == "array" then "[" + (map(canon) | join(",")) + "]"
      elif type == "number" and (. != floor or fabs > 9007199254740991) then error("\(.) is no safe integer")
      else tojson end;
    canon' | sed -E ':again; s/(^|[^\\])((\\\\)*)\\u007f/\1\2\x7f/; t again'
}

value_hash() {
  printf 'sha256-%s' "$(canonical | openssl dgst -sha256 -r | cut -d ' ' -f 1)"
}

base64url() {
  openssl base64 -A | tr '+/' '-_' | tr -d '='
}

# identity KEY.pem
identity() {
  printf 'hmmm:pubkey:%s' "$(openssl pkey -in "$1" -pubout -outform DER | tail -c 32 | base64url)"
}

# pae TYPE BODY: DSSE's pre-authentication encoding; lengths are in bytes, which LC_ALL=C counts.
pae() {
  printf 'DSSEv1 %d %s %d %s' "${#1}" "$1" "${#2}" "$2"
}

# sign KEY.pem TYPE BODY
sign() {
  pae "$2" "$3" >"$folder/message"
  openssl pkeyutl -sign -rawin -inkey "$1" -in "$folder/message" | base64url
}

# hlc_after NOW HEAD: max(own clock, the head's with its counter one higher)
hlc_after() {
  wall=${2%%#*}
  if [ -n "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$wall" | sort | tail -n 1)" = "$wall" ]; then
    printf '%s#%d' "$wall" "$((${2##*#} + 1))"
  else
    printf '%s#0' "$1"
  fi
}

# wire KEY.pem BODY INPUTS (both as JSON): the proposal as it goes out
wire() {
  body=$(printf '%s' "$2" | canonical)
  signature=$(sign "$1" "$PROPOSAL_TYPE" "$body")
  printf '%s\n%s' "$body" "$3" | jq -cs --arg signature "$signature" \
    '.[0] + {inputs: .[1], signature: $signature}' | canonical
}

# header NAME: of the last answer
header() {
  sed -n "s/^$1: *//Ip" "$folder/headers" | tail -n 1 | tr -d '\r'
}

propose() {
  url=${1%/} key=$2 instance=$3 transition=$4 inputs=${5:-"{}"}
  printf '%s' "$inputs" | jq -e 'type == "object"' >/dev/null 2>&1 || fail 2 "inputs must be a JSON object: $inputs"
  # The log's origin is the first line of its checkpoint.
  origin=$(curl -sS --fail --max-time 30 "$url/log/checkpoint" | head -n 1) || true
  [ -n "$origin" ] || fail 3 "$url/log/checkpoint gives no origin"
  signer=$(identity "$key")
  inputs_hash=$(printf '%s' "$inputs" | value_hash)
  uuid=$(openssl rand -hex 16 | sed -E 's/(.{8})(.{4}).(.{3}).(.{3})(.{12})/\1-\2-4\3-8\4-\5/')
  idem_key="$(printf '%.64s' "${instance#*/}"):0:$transition:$uuid"
  hash=$ABSENT_HASH hlc='' tries=0
  while [ "$tries" -lt 10 ]; do
    tries=$((tries + 1))
    now=$(date -u +%Y-%m-%dT%H:%M:%S.%3N+00:00)
    body=$(jq -nc --arg current_state_hash "$hash" --arg hlc "$(hlc_after "$now" "$hlc")" --arg idem_key "$idem_key" \
      --arg inputs_hash "$inputs_hash" --arg instance "$instance" --arg origin "$origin" --arg signer "$signer" \
      --arg transition "$transition" '$ARGS.named')
    wire "$key" "$body" "$inputs" >"$folder/message.out"
    status=$(curl -sS --max-time 30 -o "$folder/answer" -D "$folder/headers" -w '%{http_code}' \
      -H 'content-type: application/json' --data-binary "@$folder/message.out" "$url/transition") || status=000
    rm -f "$folder/message.out"
    case $status in
      202)
        cat "$folder/answer"
        echo
        return 0
        ;;
      409)
        if [ "$(jq -r .code "$folder/answer")" = stale_state ]; then
          # What it is now: sign again, under the same key.
          hash=$(jq -r .head.hash "$folder/answer") hlc=$(jq -r .head.hlc "$folder/answer")
          continue
        fi
        ;;
      000 | 429 | 5??)
        # Nobody knows whether it was recorded; the same key makes it safe to ask again.
        pause=
        [ "$status" = 000 ] || pause=$(header retry-after)
        sleep "${pause:-1}"
        continue
        ;;
    esac
    cat "$folder/answer"
    echo
    return 1
  done
  fail 3 "no answer; ask again with the key $idem_key"
}

wrong=0
expect() {
  [ "$2" = "$3" ] && return 0
  echo "swoosh.sh: $1: $2, not $3" >&2
  wrong=$((wrong + 1))
}

vectors() {
  file=$1
  count=0
  for part in keys proposals sessions clocks; do
    total=$(jq ".$part | length" "$file")
    at=0
    while [ "$at" -lt "$total" ]; do
      # Each member of the vector becomes a variable; what is no text, its JSON.
      eval "$(jq -r ".$part[$at]"' | to_entries[] | "v_\(.key)=" + (.value | if type == "string" then . else tojson end | @sh)' "$file")"
      [ "$part" = keys ] || [ "$part" = clocks ] || jq -r ".keys[$v_key].pem" "$file" >"$folder/key.pem"
      check_"$part"
      at=$((at + 1))
      count=$((count + 1))
    done
  done
  echo "$count vectors, $wrong wrong"
  [ "$wrong" -eq 0 ]
}

check_keys() {
  printf '%s' "$v_pem" >"$folder/key.pem"
  expect identity "$(identity "$folder/key.pem")" "$v_identity"
}

check_proposals() {
  expect "$v_name: inputs" "$(printf '%s' "$v_inputs" | canonical)" "$v_inputs_canonical"
  expect "$v_name: inputs_hash" "$(printf '%s' "$v_inputs" | value_hash)" "$v_inputs_hash"
  body=$(printf '%s' "$v_body" | canonical)
  expect "$v_name: body" "$body" "$v_canonical"
  expect "$v_name: pae" "$(pae "$v_type" "$body" | od -An -v -tx1 | tr -d ' \n')" "$v_pae_hex"
  expect "$v_name: signature" "$(sign "$folder/key.pem" "$v_type" "$body")" "$v_signature"
  expect "$v_name: wire" "$(wire "$folder/key.pem" "$v_body" "$v_inputs")" "$v_wire"
}

check_sessions() {
  payload=$(jq -nc --arg challenge "$v_challenge" --arg origin "$v_origin" \
    --arg signer "$(identity "$folder/key.pem")" '$ARGS.named' | canonical)
  expect session "$(sign "$folder/key.pem" "$v_type" "$payload")" "$v_signature"
}

check_clocks() {
  expect "clock after $v_head" "$(hlc_after "$v_now" "$v_head")" "$v_hlc"
}

case ${1:-} in
  propose)
    [ $# -ge 5 ] && [ $# -le 6 ] || fail 2 "propose URL KEY.pem INSTANCE TRANSITION [INPUTS]"
    shift
    propose "$@"
    ;;
  vectors)
    [ $# -eq 2 ] || fail 2 "vectors FILE"
    vectors "$2"
    ;;
  *) fail 2 "propose URL KEY.pem INSTANCE TRANSITION [INPUTS], or vectors FILE" ;;
esac
