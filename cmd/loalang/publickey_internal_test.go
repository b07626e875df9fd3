package main

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// The panel and an export ask for the key of bundles together, before there is one.
func TestAllWhoMakeAKeyTogetherGetOne(t *testing.T) {
	const people = 16
	for range 20 {
		f := folder(t.TempDir())
		keys, errs := make([]ed25519.PrivateKey, people), make([]error, people)
		var at sync.WaitGroup
		for i := range people {
			at.Go(func() { keys[i], errs[i] = signingKey(f) })
		}
		at.Wait()
		kept, err := signingKey(f)
		if err != nil {
			t.Fatal(err)
		}
		for i := range people {
			if errs[i] != nil || !kept.Equal(keys[i]) {
				t.Fatalf("one of %d got another key than is kept: %v", people, errs[i])
			}
		}
		if left, err := filepath.Glob(filepath.Join(string(f), "*")); err != nil || !slices.Equal(left, []string{f.bundleKey()}) {
			t.Fatalf("left behind: %v, %v", left, err)
		}
	}
}

// A cut left half a key unrenamed, and another of the wrong length.
func TestAKeyIsMadeOverWhatACutLeft(t *testing.T) {
	f := folder(t.TempDir())
	for name, size := range map[string]int{f.bundleKey(): 0, f.bundleKey() + ".new": 3 * ed25519.SeedSize} {
		if err := os.WriteFile(name, bytes.Repeat([]byte{1}, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	key, err := signingKey(f)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := signingKey(f); err != nil || !key.Equal(again) {
		t.Errorf("read back as another: %v", err)
	}
}
