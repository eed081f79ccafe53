package swoosh

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

type proposal struct {
	Name            string
	Key             int
	Inputs          json.RawMessage
	InputsCanonical string `json:"inputs_canonical"`
	InputsHash      string `json:"inputs_hash"`
	Body            json.RawMessage
	Type            string
	Canonical       string
	PaeHex          string `json:"pae_hex"`
	Signature       string
	Wire            string
}

type vectors struct {
	Keys      []struct{ Identity, Pem string }
	Proposals []proposal
	Sessions  []struct {
		Key                                int
		Challenge, Origin, Type, Signature string
	}
	Clocks []struct{ Now, Head, Hlc string }
}

func read(t *testing.T) (vectors, []Key) {
	file := os.Getenv("SWOOSH_VECTORS")
	if file == "" {
		file = "../vectors.json"
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all vectors
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	var keys []Key
	for _, known := range all.Keys {
		key, err := ParseKey([]byte(known.Pem))
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "identity", key.Identity, known.Identity)
		keys = append(keys, key)
	}
	return all, keys
}

func expect(t *testing.T, what, found, wanted string) {
	t.Helper()
	if found != wanted {
		t.Errorf("%s: %s, not %s", what, found, wanted)
	}
}

// must fails the test where something went wrong on the way.
func must(t *testing.T) func(string, error) string {
	return func(text string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
}

func object(t *testing.T, text []byte) map[string]any {
	value, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return value.(map[string]any)
}

func TestProposals(t *testing.T) {
	all, keys := read(t)
	if len(all.Proposals) == 0 {
		t.Fatal("no vectors")
	}
	for _, one := range all.Proposals {
		inputs, body, key := object(t, one.Inputs), object(t, one.Body), keys[one.Key]
		expect(t, one.Name+": inputs", must(t)(Canonical(inputs)), one.InputsCanonical)
		expect(t, one.Name+": inputs_hash", must(t)(ValueHash(inputs)), one.InputsHash)
		canonical := must(t)(Canonical(body))
		expect(t, one.Name+": body", canonical, one.Canonical)
		expect(t, one.Name+": pae", hex.EncodeToString(PreAuthenticationEncoding(one.Type, canonical)), one.PaeHex)
		expect(t, one.Name+": signature", must(t)(key.Sign(one.Type, body)), one.Signature)
		expect(t, one.Name+": wire", must(t)(key.Wire(body, inputs)), one.Wire)
	}
}

func TestSessions(t *testing.T) {
	all, keys := read(t)
	for _, one := range all.Sessions {
		key := keys[one.Key]
		payload := map[string]any{"challenge": one.Challenge, "origin": one.Origin, "signer": key.Identity}
		expect(t, "session", must(t)(key.Sign(one.Type, payload)), one.Signature)
	}
}

func TestClocks(t *testing.T) {
	all, _ := read(t)
	for _, one := range all.Clocks {
		expect(t, "clock after "+one.Head, must(t)(HlcAfter(one.Now, one.Head)), one.Hlc)
	}
}

func TestRefusesWhatTheContractRefuses(t *testing.T) {
	for _, text := range []string{`1.5`, `9007199254740992`, `1e3`, `-0`} {
		value, err := Decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if found, err := Canonical(value); err == nil {
			t.Errorf("%s became %s", text, found)
		}
	}
}
