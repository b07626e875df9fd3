package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"loalang/hardware"
	"loalang/people"
)

// How right the board's clock is and since when stands on every page, in words.
func TestEveryPageTellsHowOldTheClockIs(t *testing.T) {
	w := newWorld(t)
	w.fill()
	at := func(d time.Duration) time.Time { return w.now.Add(-d) }
	for name, c := range map[string]struct {
		clock  hardware.ClockState
		vi, en string
	}{
		"Synced": {
			hardware.ClockState{Trust: hardware.Synced, Vouched: at(3 * time.Minute), Age: 3 * time.Minute},
			"đúng, đồng bộ 3 phút trước", "right, synchronised 3 min ago",
		},
		"Told": {
			hardware.ClockState{Trust: hardware.Told, Vouched: at(time.Second), VouchedBy: "Giàng Thị Mỷ", Age: time.Second},
			"do người dùng xác nhận, Giàng Thị Mỷ xác nhận vừa xong", "confirmed by a person, Giàng Thị Mỷ confirmed it just now",
		},
		"HeldForDays": {
			hardware.ClockState{Trust: hardware.Held, Vouched: at(72 * time.Hour), Age: 72 * time.Hour},
			"theo đồng hồ trong máy, đồng bộ 3 ngày trước", "by the board's own clock, synchronised 3 days ago",
		},
		"HeldByRTCOnly":     {hardware.ClockState{Trust: hardware.Held}, "chưa được chỉnh theo máy chủ giờ", "never set by a time server"},
		"Unknown":           {hardware.ClockState{Trust: hardware.Unknown}, "chưa biết có đúng không", "not known to be right"},
		"UnknownAfterAWeek": {hardware.ClockState{Trust: hardware.Unknown, Vouched: at(time.Hour), Age: time.Hour}, "ít nhất là 1 giờ trước", "at least 1 h ago"},
		"SetBack": {
			hardware.ClockState{Trust: hardware.Synced, Vouched: at(time.Minute), Age: time.Minute, Stepped: -2 * time.Hour, SteppedAt: at(time.Minute)},
			"Đồng hồ đã lùi 2 giờ lúc", "went back by 2 h at",
		},
		"AheadByMonths": {
			hardware.ClockState{Trust: hardware.Unknown, Vouched: at(time.Hour), Age: time.Hour, Ahead: 92 * 24 * time.Hour},
			"Đồng hồ trong máy chạy trước 92 ngày", "is 92 days ahead of what was last seen",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w.air.Clock = c.clock
			for lang, want := range map[string]string{"vi": c.vi, "en": c.en} {
				s := newSite(t, w, people.Officer, lang)
				for _, path := range []string{"/", "/plan", "/asrun", "/announcements", "/emergency", "/live", "/rules", "/recordings"} {
					p := s.get(path)
					if p.status != http.StatusOK || !strings.Contains(p.text, want) {
						t.Errorf("%s %s: status %d, does not say %q", lang, path, p.status, want)
					}
				}
			}
		})
	}
}

// TestClockGate: the panel asks on every page for the time when the board does not
// know it, of whoever may say it (fpp#1669).
func TestClockGate(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.air.Clock = hardware.ClockState{Trust: hardware.Unknown}
	pages := []string{"/", "/plan", "/asrun", "/announcements", "/announcements/new", "/emergency", "/rules", "/recordings"}
	for role, asked := range map[people.Role]bool{people.Cadre: true, people.Officer: true, people.Viewer: false} {
		s := newSite(t, w, role, "vi")
		for _, path := range pages {
			p := s.get(path)
			if p.status != http.StatusOK {
				continue // it may not see that page at all
			}
			if n := strings.Count(p.body, `action="/clock"`); asked && n != 1 || !asked && n != 0 {
				t.Errorf("%s is asked %d times on %s", role, n, path)
			}
		}
	}
	w.air.Clock = hardware.ClockState{Trust: hardware.Held}
	if p := newSite(t, w, people.Cadre, "vi").get("/plan"); strings.Contains(p.body, `action="/clock"`) {
		t.Error("a board that knows the time asks for it")
	}
}

// A phone that is absurdly wrong is not believed, and the sentence says what to
// look at; whoever confirmed comes back to the page they were on.
func TestAbsurdPhone(t *testing.T) {
	for name, c := range map[string]struct{ at, back, want string }{
		"OK":               {"2026-11-23T09:30:00Z", "/plan?day=2026-11-24", "/plan?day=2026-11-24&told=clock"},
		"1970":             {"1970-01-01T00:00:10Z", "/plan", "/plan?refused=clock-absurd"},
		"2099":             {"2099-01-01T00:00:00Z", "/", "/?refused=clock-absurd"},
		"TenYearsAhead":    {"2036-11-23T09:30:00Z", "/asrun?told=clock", "/asrun?refused=clock-ahead"},
		"SomewhereElse":    {"2026-11-23T09:30:00Z", "https://example.org/", "/?told=clock"},
		"FourYearsInStore": {"2030-11-23T09:30:00Z", "/", "/?told=clock"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := newSite(t, w, people.Cadre, "vi")
			p := s.post("/clock", url.Values{"at": {c.at}, "back": {c.back}})
			if p.location != c.want {
				t.Errorf("sent to %q, want %q", p.location, c.want)
			}
			if refused := strings.Contains(c.want, "refused"); refused == (len(w.told) == 1) {
				t.Errorf("told %v", w.told)
			}
			if _, code, refused := strings.Cut(c.want, "refused="); refused && !strings.Contains(s.get("/?refused="+code).text, "Xin xem lại ngày giờ của điện thoại") {
				t.Error("the page does not say what to do")
			}
		})
	}
}

// Plan, as-run and air carry the clock by which they are told.
func TestAPICarriesTheClock(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.air.Clock = hardware.ClockState{
		Trust: hardware.Told, Vouched: w.now.Add(-time.Hour), VouchedBy: "Giàng Thị Mỷ", Age: time.Hour, Stepped: -time.Minute, SteppedAt: w.now,
	}
	s := newSite(t, w, people.Cadre, "vi")
	for _, path := range []string{"/api/v1/plan", "/api/v1/asrun", "/api/v1/air"} {
		var got struct {
			Clock struct {
				Trust     string
				Trusted   bool
				Age       float64
				VouchedBy string `json:"vouched_by"`
				Stepped   float64
			}
		}
		if err := json.Unmarshal([]byte(s.get(path).body), &got); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if c := got.Clock; c.Trust != "told" || !c.Trusted || c.Age != 3600 || c.VouchedBy != "Giàng Thị Mỷ" || c.Stepped != -60 {
			t.Errorf("%s: clock %+v", path, c)
		}
	}
}
