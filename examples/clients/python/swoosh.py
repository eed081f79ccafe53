#!/usr/bin/env python3
"""Signs and proposes to Swoosh from the wire contract alone: standard library only.

Signatures are made by the package `cryptography` where it is installed, else by the program `openssl` (3.0 or later).

    swoosh.py propose --url URL --key FILE.pem INSTANCE TRANSITION ['{"inputs": "as JSON"}']
    swoosh.py vectors vectors.json

Exit codes: 0 accepted, 1 refused, 2 usage, 3 the server cannot be reached.
"""

import argparse
import base64
import datetime
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

PROPOSAL_TYPE = "application/vnd.swoosh.proposal.v1+json"
ABSENT_HASH = "sha256-" + "0" * 64
SAFE = 2**53 - 1


def canonical(value):
    """RFC 8785, for the JSON of Swoosh: numbers are integers of at most 2^53 - 1."""
    if isinstance(value, dict):
        # Keys in order of UTF-16 units: Python itself orders by code points.
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > SAFE):
        raise SystemExit(f"swoosh.py: {value!r} is no integer of at most 2^53 - 1")
    return json.dumps(value, ensure_ascii=False)


def value_hash(value):
    return "sha256-" + hashlib.sha256(canonical(value).encode()).hexdigest()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def pre_authentication_encoding(payload_type, body):
    """DSSE v1: the bytes that are signed. Lengths are in bytes."""
    kind, data = payload_type.encode(), body.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(data), data)


class CryptographyKey:
    """An Ed25519 key in PEM (PKCS#8), by the package `cryptography`."""

    def __init__(self, pem):
        from cryptography.hazmat.primitives import serialization

        self._key = serialization.load_pem_private_key(pem.encode(), password=None)
        public = self._key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        self.identity = "hmmm:pubkey:" + base64url(public)

    def sign(self, data):
        return self._key.sign(data)


class OpensslKey:
    """The same by the program `openssl`."""

    def __init__(self, pem):
        self._pem = pem
        der = self._run(["pkey", "-pubout", "-outform", "DER"])
        self.identity = "hmmm:pubkey:" + base64url(der[-32:])

    def sign(self, data):
        # openssl wants a file for the message of Ed25519.
        with tempfile.NamedTemporaryFile() as message:
            message.write(data)
            message.flush()
            return self._run(["pkeyutl", "-sign", "-rawin", "-in", message.name], "-inkey")

    def _run(self, argv, key_option="-in"):
        with tempfile.NamedTemporaryFile() as key:
            key.write(self._pem.encode())
            key.flush()
            command = ["openssl", *argv, key_option, key.name]
            done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"swoosh.py: openssl: {done.stderr.decode().strip()}")
        return done.stdout


def load_key(pem):
    if os.environ.get("SWOOSH_SIGN_WITH") != "openssl":
        try:
            return CryptographyKey(pem)
        except ImportError:
            pass
    return OpensslKey(pem)


def sign(key, payload_type, payload):
    return base64url(key.sign(pre_authentication_encoding(payload_type, canonical(payload))))


def hlc_after(now, head):
    """max(own clock, the head's with its counter one higher); `now` as YYYY-MM-DDTHH:MM:SS.mmm+00:00."""
    if head:
        wall, counter = head.split("#")
        if wall >= now:
            return f"{wall}#{int(counter) + 1}"
    return f"{now}#0"


def now_text():
    now = datetime.datetime.now(datetime.timezone.utc)
    return now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}+00:00"


def wire(key, body, inputs):
    return canonical({**body, "inputs": inputs, "signature": sign(key, PROPOSAL_TYPE, body)})


def request(url, data=None):
    """Status, headers and text of an answer, whatever the status; (None, ...) where none came."""
    headers = {"content-type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as done:
            return done.status, done.headers, done.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()
    except (OSError, ValueError) as error:
        return None, {}, str(error)


def origin_of(url):
    """Of the log: the first line of its checkpoint."""
    status, _, text = request(url + "/log/checkpoint")
    if status != 200:
        sys.stderr.write(f"swoosh.py: {url}/log/checkpoint: {text.strip()}\n")
        raise SystemExit(3)
    return text.split("\n", 1)[0]


def propose(url, key, instance, transition, inputs, origin=None, tries=10):
    """One operation under one key, delivered until it is answered: (accepted?, answer or problem)."""
    url = url.rstrip("/")
    origin = origin or origin_of(url)
    idem_key = f"{instance.split('/')[-1][:64]}:0:{transition}:{uuid.uuid4()}"
    head = {"hash": ABSENT_HASH, "hlc": ""}
    text = ""
    for attempt in range(tries):
        body = {
            "current_state_hash": head["hash"],
            "hlc": hlc_after(now_text(), head["hlc"]),
            "idem_key": idem_key,
            "inputs_hash": value_hash(inputs),
            "instance": instance,
            "origin": origin,
            "signer": key.identity,
            "transition": transition,
        }
        status, headers, text = request(url + "/transition", wire(key, body, inputs).encode())
        if status == 202:
            return True, json.loads(text)
        if status == 409:
            problem = json.loads(text)
            if problem["code"] != "stale_state":
                return False, problem
            head = problem["head"]  # what it is now: sign again, under the same key
            continue
        if status is not None and status < 500 and status != 429:
            return False, json.loads(text)
        # Nobody knows whether it was recorded; the same key makes it safe to ask again.
        pause = int(headers.get("retry-after") or 0) or min(0.1 * 2**attempt, 5)
        time.sleep(pause + random.random() * 0.1)
    sys.stderr.write(f"swoosh.py: no answer; ask again with the key {idem_key}: {text.strip()}\n")
    raise SystemExit(3)


def check_vectors(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    keys = [load_key(known["pem"]) for known in vectors["keys"]]
    wrong = []

    def expect(what, found, wanted):
        if found != wanted:
            wrong.append(f"{what}: {found!r}, not {wanted!r}")

    for key, known in zip(keys, vectors["keys"]):
        expect("identity", key.identity, known["identity"])
    for one in vectors["proposals"]:
        name, body, inputs = one["name"], one["body"], one["inputs"]
        expect(f"{name}: inputs", canonical(inputs), one["inputs_canonical"])
        expect(f"{name}: inputs_hash", value_hash(inputs), one["inputs_hash"])
        expect(f"{name}: body", canonical(body), one["canonical"])
        pae = pre_authentication_encoding(one["type"], canonical(body)).hex()
        expect(f"{name}: pae", pae, one["pae_hex"])
        expect(f"{name}: signature", sign(keys[one["key"]], one["type"], body), one["signature"])
        expect(f"{name}: wire", wire(keys[one["key"]], body, inputs), one["wire"])
    for one in vectors["sessions"]:
        key = keys[one["key"]]
        payload = {"challenge": one["challenge"], "origin": one["origin"], "signer": key.identity}
        expect("session", sign(key, one["type"], payload), one["signature"])
    for one in vectors["clocks"]:
        expect(f"clock after {one['head']!r}", hlc_after(one["now"], one["head"]), one["hlc"])
    for line in wrong:
        sys.stderr.write(f"swoosh.py: {line}\n")
    count = sum(len(vectors[part]) for part in ("keys", "proposals", "sessions", "clocks"))
    print(f"{count} vectors, {len(wrong)} wrong")
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser(description="Signs and proposes to Swoosh.")
    commands = parser.add_subparsers(dest="command", required=True)
    vectors = commands.add_parser("vectors", help="check this client against vectors.json")
    vectors.add_argument("file")
    proposing = commands.add_parser("propose", help="propose one transition")
    proposing.add_argument("--url", required=True)
    proposing.add_argument("--key", required=True, help="PEM file of an Ed25519 key (PKCS#8)")
    proposing.add_argument("--origin", help="of the log; asked of the server unless given")
    proposing.add_argument("instance")
    proposing.add_argument("transition")
    proposing.add_argument("inputs", nargs="?", default="{}")
    options = parser.parse_args()
    if options.command == "vectors":
        return check_vectors(options.file)
    with open(options.key, encoding="ascii") as file:
        key = load_key(file.read())
    try:
        inputs = json.loads(options.inputs)
    except ValueError as error:
        parser.error(f"inputs are no JSON: {error}")
    accepted, answer = propose(
        options.url, key, options.instance, options.transition, inputs, options.origin
    )
    print(json.dumps(answer, ensure_ascii=False))
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main())
