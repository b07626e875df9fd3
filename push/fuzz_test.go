package push

import (
	"encoding/json"
	"testing"
)

// FuzzSubscription takes what any browser might say of itself: what is taken can be
// written to.
func FuzzSubscription(f *testing.F) {
	f.Add(`{"Endpoint":"https://push.example/x","Key":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","Auth":"BTBZMqHH6r4Tts7J_aSIgg"}`, "Lũ quét")
	f.Add(`{"Endpoint":"https://[::1]:99999/","Key":"BA","Auth":"===="}`, "")
	f.Fuzz(func(t *testing.T, raw, text string) {
		var s Subscription
		if json.Unmarshal([]byte(raw), &s) != nil || s.Check() != nil {
			return
		}
		if len(text) > 3000 {
			text = text[:3000]
		}
		if sealed, err := seal(s, []byte(text)); err != nil || len(sealed) <= len(text) {
			t.Errorf("what was taken cannot be written to: %d bytes, %v", len(sealed), err)
		}
	})
}

// FuzzKeys reads the file of the board's keys as a disk may give it back.
func FuzzKeys(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----\n"))
	f.Add(make([]byte, 32))
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, err := newKeys(raw)
		if (err == nil) != (k != nil && k.Public() != "") {
			t.Errorf("keys %v, %v", k, err)
		}
	})
}
