package people_test

import (
	"context"
	"testing"
	"time"

	"loalang/people"
)

func TestPINRules(t *testing.T) {
	cases := []struct{ name, pin, code string }{
		{"OK", "7351", ""},
		{"eight digits", "73519246", ""},
		{"a year", "1975", ""},
		{"empty", "", people.FaultRequired},
		{"three digits", "735", people.FaultTooShort},
		{"nine digits", "735192468", people.FaultTooLong},
		{"a letter", "73a1", people.FaultDigits},
		{"digits of another script", "٧٣٥١", people.FaultDigits},
		{"all the same", "0000", people.FaultCommon},
		{"counting up", "123456", people.FaultCommon},
		{"counting up over nine", "7890", people.FaultCommon},
		{"counting down", "4321", people.FaultCommon},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := code(t, people.CheckPINRules(c.pin)); got != c.code {
				t.Errorf("code %q, want %q", got, c.code)
			}
		})
	}
}

// Whoever raises an emergency never waits behind those who sign in.
func TestAPINNeverWaitsBehindSignIns(t *testing.T) {
	passwords, pins := people.NewPasswords(), people.NewPINs()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	encoded, err := pins.Hash(ctx, "7351")
	if err != nil {
		t.Fatal(err)
	}
	for range 50 { // a queue of about 50 hashes
		go func() { _, _ = passwords.CheckPassword(ctx, "ai cũng đăng nhập", "") }()
	}
	began := time.Now()
	for range 2 {
		if ok, err := pins.Check(ctx, "7351", encoded); !ok || err != nil {
			t.Fatalf("got %v, %v", ok, err)
		}
	}
	two := time.Since(began)
	// In the queue it would have waited for the 50: far more than its own two.
	began = time.Now()
	if _, err := passwords.CheckPassword(ctx, "người sau cùng", ""); err != nil {
		t.Fatal(err)
	}
	if queued := time.Since(began); queued < two {
		t.Errorf("two PINs took %s, as long as the queue of sign-ins (%s)", two, queued)
	}
	if ok, err := pins.Check(ctx, "7352", encoded); ok || err != nil {
		t.Errorf("a wrong PIN: %v, %v", ok, err)
	}
}

func TestLockoutGrowsAndEnds(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	var l people.Lockout
	for i := range 4 {
		if l.Failed(now) || l.Left(now) != 0 || l.Free() != 4-i {
			t.Fatalf("locked after %d wrong ones, %d free", i+1, l.Free())
		}
	}
	for _, want := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
		if !l.Failed(now) || l.Left(now) != want {
			t.Fatalf("locked for %s, want %s", l.Left(now), want)
		}
		now = now.Add(want)
		if l.Left(now) != 0 {
			t.Fatalf("still locked %s after its end", l.Left(now))
		}
	}
}
