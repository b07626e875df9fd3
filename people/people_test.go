package people_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"loalang/people"
)

func TestNames(t *testing.T) {
	cases := []struct {
		name, in, clean, code string
	}{
		{"OK", "  Trưởng  thôn\tÚn Tà ", "Trưởng thôn Ún Tà", ""},
		{"decomposed letters", "U\u0301n Ta\u0300", "Ún Tà", ""},
		{"64 letters", strings.Repeat("ệ", 64), strings.Repeat("ệ", 64), ""},
		{"a digit is enough", "1", "1", ""},
		{"empty", " ", "", people.FaultRequired},
		{"too long", strings.Repeat("a", 65), strings.Repeat("a", 65), people.FaultTooLong},
		{"control character", "ad\x00min", "ad\x00min", people.FaultControl},
		{"invisible character", "ad\u200bmin", "ad\u200bmin", people.FaultControl},
		{"no UTF-8", "ad\xff", "ad\xff", people.FaultControl},
		{"only punctuation", "---", "---", people.FaultNoWords},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			clean := people.CleanName(c.in)
			if clean != c.clean {
				t.Errorf("cleaned %q, want %q", clean, c.clean)
			}
			if got := code(t, people.CheckName(clean)); got != c.code {
				t.Errorf("code %q, want %q", got, c.code)
			}
		})
	}
}

func TestFoldNameComparesAsPeopleDo(t *testing.T) {
	for _, other := range []string{"ún tà", "ÚN  TÀ", "U\u0301n Ta\u0300 "} {
		if people.FoldName(other) != people.FoldName("Ún Tà") {
			t.Errorf("%q is another name", other)
		}
	}
	if people.FoldName("Un Ta") == people.FoldName("Ún Tà") {
		t.Error("a name without its tones is the same name")
	}
}

func TestPasswordRules(t *testing.T) {
	cases := []struct{ name, password, code string }{
		{"OK", "con trâu đi", ""},
		{"eight letters", "con trau", ""},
		{"ten of one letter", "aaaaaaaaaa", people.FaultCommon},
		{"a row of digits", "4567890123", people.FaultCommon},
		{"known from leaks", "Password123", people.FaultCommon},
		{"Vietnamese, with its marks", "Mật khẩu 123", people.FaultCommon},
		{"Vietnamese, decomposed", "Anh ye\u0302u em", people.FaultCommon},
		{"spaces alone", "          ", ""},
		{"empty", "", people.FaultRequired},
		{"seven letters of two code points each", strings.Repeat("a\u0301", 7), people.FaultTooShort},
		{"too long", strings.Repeat("a", 257), people.FaultTooLong},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := code(t, people.CheckPasswordRules(c.password)); got != c.code {
				t.Errorf("code %q, want %q", got, c.code)
			}
		})
	}
}

func TestHashAndCheckPassword(t *testing.T) {
	p, ctx := people.NewPasswords(), context.Background()
	encoded, err := p.HashPassword(ctx, "trạm y tế xã")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("weaker than asked: %s", encoded)
	}
	again, err := p.HashPassword(ctx, "trạm y tế xã")
	if err != nil || again == encoded {
		t.Errorf("no salt: %s, %v", again, err)
	}
	cases := []struct {
		name, password, encoded string
		want                    bool
		err                     error
	}{
		{"OK", "trạm y tế xã", encoded, true, nil},
		{"decomposed by another phone", "tra\u0323m y te\u0302\u0301 xa\u0303", encoded, true, nil},
		{"wrong", "trạm y tế xa", encoded, false, nil},
		{"empty", "", encoded, false, nil},
		{"a megabyte", strings.Repeat("a", 1<<20), encoded, false, nil},
		{"no such account", "trạm y tế xã", "", false, nil},
		{"not a hash", "trạm y tế xã", "trạm y tế xã", false, people.ErrNotAHash},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := p.CheckPassword(ctx, c.password, c.encoded)
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	if _, err := p.HashPassword(ctx, "short"); code(t, err) != people.FaultTooShort {
		t.Errorf("a short password: %v", err)
	}
}

// A caller that has gone must not queue up work.
func TestPasswordsObeyTheContext(t *testing.T) {
	p := people.NewPasswords()
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.HashPassword(gone, "trạm y tế xã"); !errors.Is(err, context.Canceled) {
		t.Errorf("hash: %v", err)
	}
	if _, err := p.CheckPassword(gone, "trạm y tế xã", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("check: %v", err)
	}
}

func TestPasswordsFromManyGoroutines(t *testing.T) {
	p, ctx := people.NewPasswords(), context.Background()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			encoded, err := p.HashPassword(ctx, "trạm y tế xã")
			if err != nil {
				t.Error(err)
				return
			}
			if ok, err := p.CheckPassword(ctx, "trạm y tế xã", encoded); !ok || err != nil {
				t.Errorf("got %v, %v", ok, err)
			}
		})
	}
	wg.Wait()
}

// Twenty sign-ins at once take the memory of one or two, not of twenty: 380 MB are more
// than a board has.
func TestBurstOfSignInsTakesTheMemoryOfOne(t *testing.T) {
	p := people.NewPasswords()
	inUse := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	before, most := inUse(), uint64(0)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if ok, err := p.CheckPassword(t.Context(), "trạm y tế xã", ""); ok || err != nil {
				t.Errorf("got %v, %v", ok, err)
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	for range time.Tick(2 * time.Millisecond) {
		most = max(most, inUse())
		select {
		case <-done:
			if most > before+150<<20 {
				t.Errorf("at most %d MB more", (most-before)>>20)
			}
			return
		default:
		}
	}
}

const loaSum = "9c2c2f675ac80fd033789190a9d84a743527129901c291cd48370eed4a3a535b"

func TestSecrets(t *testing.T) {
	a, b := people.NewSecret(), people.NewSecret()
	if a == b || !people.IsSecret(a) || len(a) != len("loa_")+43 {
		t.Errorf("secrets %q and %q", a, b)
	}
	if people.HashSecret(a) == people.HashSecret(b) {
		t.Error("the hash does not stand for the secret")
	}
	// SHA-256 of "loa_", computed with sha256sum.
	if got := people.HashSecret("loa_"); got != loaSum {
		t.Errorf("hash %s", got)
	}
	for _, s := range []string{"", "loa_", a[4:], "Loa_" + a[4:], a + "a", a[:len(a)-1] + "!"} {
		if people.IsSecret(s) {
			t.Errorf("%q is taken for a secret", s)
		}
	}
}

func TestValidate(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	cases := []struct {
		name  string
		err   error
		codes string
	}{
		{"OK account", people.Account{Name: "Nông Thị Hoa", Role: people.Cadre}.Validate(), ""},
		{"account with two faults", people.Account{Role: "king"}.Validate(), "name required, role unknown"},
		{"account without a role", people.Account{Name: "Hoa"}.Validate(), "role required"},
		{"OK token", people.Token{Name: "loa", Role: people.Viewer, Expires: now.Add(1)}.Validate(now), ""},
		{"token for ever", people.Token{Name: "loa", Role: people.Viewer}.Validate(now), ""},
		{"token of yesterday", people.Token{Name: "loa", Role: people.Viewer, Expires: now}.Validate(now), "expires in-the-past"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			var faults people.Invalid
			if errors.As(c.err, &faults) {
				for _, f := range faults {
					got = append(got, f.Field+" "+f.Code)
				}
			}
			if strings.Join(got, ", ") != c.codes {
				t.Errorf("got %v (%v)", got, c.err)
			}
		})
	}
}

func TestInvalidSaysWhatToDo(t *testing.T) {
	err := people.Invalid{{Field: "password", Code: people.FaultTooShort, Limit: "8"}, {Field: "role", Code: people.FaultRequired}}
	want := "password is too short: use at least 8 characters; role is missing: give one"
	if err.Error() != want {
		t.Errorf("got %q", err.Error())
	}
}

func TestTokenAliveAt(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	cases := []struct {
		name  string
		token people.Token
		want  bool
	}{
		{"OK", people.Token{Expires: now.Add(time.Second)}, true},
		{"never expires", people.Token{}, true},
		{"expires now", people.Token{Expires: now}, false},
		{"revoked", people.Token{Revoked: now.Add(-time.Hour)}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.token.AliveAt(now); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
	if !(people.Account{}).Active() || (people.Account{Disabled: now}).Active() {
		t.Error("a disabled account may sign in, or a living one may not")
	}
}

func TestPrincipals(t *testing.T) {
	a := people.Account{ID: "1", Name: "Hoa", Role: people.Cadre, Village: "un-ta"}.Principal()
	if a != (people.Principal{ID: "1", Name: "Hoa", Role: people.Cadre, Village: "un-ta"}) {
		t.Errorf("account: %+v", a)
	}
	k := people.Token{ID: "2", Name: "loa", Role: people.Viewer, Village: "un-ta", Emergency: true}.Principal()
	if k != (people.Principal{ID: "2", Name: "loa", Role: people.Viewer, Village: "un-ta", Emergency: true, Token: true, Unowned: true}) {
		t.Errorf("token: %+v", k)
	}
}

func BenchmarkHashPassword(b *testing.B) {
	p, ctx := people.NewPasswords(), context.Background()
	for b.Loop() {
		if _, err := p.HashPassword(ctx, "trạm y tế xã"); err != nil {
			b.Fatal(err)
		}
	}
}
