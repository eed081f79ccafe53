// Package swoosh signs proposals for Swoosh from the wire contract alone: standard library only.
package swoosh

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Types of what is signed: the type is part of the signed bytes.
const (
	ProposalType = "application/vnd.swoosh.proposal.v1+json"
	SessionType  = "application/vnd.swoosh.session.v1+json"
)

// AbsentHash is the state hash of an instance that does not exist yet.
var AbsentHash = "sha256-" + strings.Repeat("0", 64)

const safe = 1<<53 - 1

// Decode reads JSON so that Canonical can write it: numbers stay as they were written.
func Decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return value, nil
}

// Canonical is RFC 8785 for the JSON of Swoosh: numbers are integers of at most 2^53 - 1.
// Values are those that Decode gives; int and int64 may stand beside them.
func Canonical(value any) (string, error) {
	var out strings.Builder
	if err := write(&out, value); err != nil {
		return "", err
	}
	return out.String(), nil
}

func write(out *strings.Builder, value any) error {
	switch v := value.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		out.WriteString(strconv.FormatBool(v))
	case int:
		return writeInteger(out, strconv.Itoa(v))
	case int64:
		return writeInteger(out, strconv.FormatInt(v, 10))
	case json.Number:
		return writeInteger(out, v.String())
	case string:
		return writeString(out, v)
	case []any:
		return writeList(out, v)
	case map[string]any:
		return writeObject(out, v)
	default:
		return fmt.Errorf("swoosh: %T is no JSON of this system", value)
	}
	return nil
}

func writeInteger(out *strings.Builder, text string) error {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number > safe || number < -safe || strconv.FormatInt(number, 10) != text {
		return fmt.Errorf("swoosh: %s is no integer of at most 2^53 - 1", text)
	}
	out.WriteString(text)
	return nil
}

func writeList(out *strings.Builder, list []any) error {
	out.WriteByte('[')
	for at, item := range list {
		if at > 0 {
			out.WriteByte(',')
		}
		if err := write(out, item); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}

func writeObject(out *strings.Builder, object map[string]any) error {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool { return before(keys[i], keys[j]) })
	out.WriteByte('{')
	for at, key := range keys {
		if at > 0 {
			out.WriteByte(',')
		}
		if err := writeString(out, key); err != nil {
			return err
		}
		out.WriteByte(':')
		if err := write(out, object[key]); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

// before orders by UTF-16 units; Go itself orders by bytes, which is by code points.
func before(one, other string) bool {
	a, b := utf16.Encode([]rune(one)), utf16.Encode([]rune(other))
	for at := 0; at < len(a) && at < len(b); at++ {
		if a[at] != b[at] {
			return a[at] < b[at]
		}
	}
	return len(a) < len(b)
}

var escapes = map[rune]string{
	'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`,
}

// writeString escapes what JSON must have escaped and nothing else; encoding/json escapes more.
func writeString(out *strings.Builder, text string) error {
	if !utf8.ValidString(text) {
		return errors.New("swoosh: a string is not UTF-8")
	}
	out.WriteByte('"')
	for _, character := range text {
		escaped, known := escapes[character]
		switch {
		case known:
			out.WriteString(escaped)
		case character < 0x20:
			fmt.Fprintf(out, `\u%04x`, character)
		default:
			out.WriteRune(character)
		}
	}
	out.WriteByte('"')
	return nil
}

// ValueHash is the hash of a value's canonical JSON.
func ValueHash(value any) (string, error) {
	text, err := Canonical(value)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + hex.EncodeToString(sum[:]), nil
}

// PreAuthenticationEncoding is DSSE v1: the bytes that are signed. Lengths are in bytes.
func PreAuthenticationEncoding(payloadType, body string) []byte {
	return []byte(fmt.Sprintf("DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(body), body))
}

// Key is an Ed25519 key with its name on the wire.
type Key struct {
	Identity string
	private  ed25519.PrivateKey
}

// ParseKey reads a PEM file with a PKCS#8 Ed25519 private key.
func ParseKey(text []byte) (Key, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return Key{}, errors.New("swoosh: the key is no PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, err
	}
	private, isEd25519 := parsed.(ed25519.PrivateKey)
	if !isEd25519 {
		return Key{}, fmt.Errorf("swoosh: the key is %T, not Ed25519", parsed)
	}
	public := private.Public().(ed25519.PublicKey)
	return Key{"hmmm:pubkey:" + base64.RawURLEncoding.EncodeToString(public), private}, nil
}

// Sign signs the canonical JSON of a payload under its type.
func (key Key) Sign(payloadType string, payload any) (string, error) {
	body, err := Canonical(payload)
	if err != nil {
		return "", err
	}
	signature := ed25519.Sign(key.private, PreAuthenticationEncoding(payloadType, body))
	return base64.RawURLEncoding.EncodeToString(signature), nil
}

// Wire is a proposal as it goes out to POST /transition: body has every field but inputs and signature.
func (key Key) Wire(body, inputs map[string]any) (string, error) {
	signature, err := key.Sign(ProposalType, body)
	if err != nil {
		return "", err
	}
	whole := map[string]any{"inputs": inputs, "signature": signature}
	for name, value := range body {
		whole[name] = value
	}
	return Canonical(whole)
}

// HlcAfter is max(own clock, the head's with its counter one higher).
// now has the form YYYY-MM-DDTHH:MM:SS.mmm+00:00; head is empty for an instance that does not exist.
func HlcAfter(now, head string) (string, error) {
	wall, counter, found := strings.Cut(head, "#")
	if !found || wall < now {
		return now + "#0", nil
	}
	number, err := strconv.ParseInt(counter, 10, 32)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s#%d", wall, number+1), nil
}
