package web_test

import (
	"slices"
	"strings"
	"testing"

	"loalang/people"
)

// An emergency is never refused for a detail: it sounds, and the answer says
// what was repaired.
func TestEmergencyIsNotRefusedForADetail(t *testing.T) {
	cases := []struct {
		name, body string
		warnings   string
		languages  []string
		title      string
	}{
		{"nothing wrong", `{"title":"Lũ","reason":"x","languages":["vi"]}`, "", []string{"vi"}, "Lũ"},
		{"unknown language", `{"title":"Lũ","reason":"x","languages":["--"]}`, "languages unknown", nil, "Lũ"},
		{"one of two languages", `{"title":"Lũ","reason":"x","languages":["fr","pcc"]}`, "languages unknown", []string{"pcc"}, "Lũ"},
		{"unknown zone", `{"title":"Lũ","reason":"x","zones":["sao Hỏa"]}`, "zones unknown", nil, "Lũ"},
		{"empty title", `{"title":" ","reason":"x"}`, "title required", nil, "Tin khẩn cấp"},
		{"no title", `{"reason":"x"}`, "title required", nil, "Tin khẩn cấp"},
		{"for a year", `{"title":"Lũ","reason":"x","expires_in":31536000}`, "expires_in out-of-range", nil, "Lũ"},
		{"a million cycles", `{"title":"Lũ","reason":"x","repeat":1000000}`, "repeat out-of-range", nil, "Lũ"},
		{"100 KB of text", `{"title":"Lũ","reason":"x","text":"` + strings.Repeat("lũ ", 30_000) + `"}`, "text too-long", nil, "Lũ"},
		{"only punctuation", `{"title":"Lũ","reason":"x","text":"!!!"}`, "text no-words", nil, "Lũ"},
		{"control characters", `{"title":"Lũ","reason":"x","text":"Chạy\u0000ngay"}`, "text control-characters", nil, "Lũ"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			var e struct {
				Title    string
				Warnings []struct{ Field, Code, Detail string }
			}
			h.call("cadre+", "POST", "/api/v1/emergency?lang=vi", c.body).want(201).into(&e)
			var got []string
			for _, w := range e.Warnings {
				got = append(got, w.Field+" "+w.Code)
				if w.Detail == "" || strings.Contains(w.Detail, "{0}") || strings.HasPrefix(w.Detail, "emergency-") {
					t.Errorf("no words: %+v", w)
				}
			}
			if strings.Join(got, ", ") != c.warnings || e.Title != c.title {
				t.Errorf("title %q, warnings %v, want %q, %q", e.Title, got, c.title, c.warnings)
			}
			if len(h.w.raised) != 1 || !slices.Equal(h.w.raised[0].Languages, c.languages) || len(h.w.raised[0].Zones) > 0 || h.w.raised[0].Title != c.title {
				t.Errorf("raised %+v", h.w.raised)
			}
		})
	}
}

// The village's languages come from memory while the database hangs, and are
// not doubted when they were never read.
func TestEmergencyOfAVillageThatCannotBeRead(t *testing.T) {
	h := newHouse(t)
	h.w.broken = errDisk
	h.call("cadre+", "POST", "/api/v1/emergency", `{"title":"Lũ","reason":"x","languages":["hmn"]}`).want(201)
	if got := h.w.raised[0].Languages; !slices.Equal(got, []string{"hmn"}) {
		t.Errorf("languages %v", got)
	}
	h = newHouse(t)
	if err := h.server.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.w.broken = errDisk
	h.call("cadre+", "POST", "/api/v1/emergency", `{"title":"Lũ","reason":"x","languages":["hmn"]}`).want(201)
	if got := h.w.raised[0].Languages; len(got) != 0 {
		t.Errorf("languages %v", got)
	}
}

// The page raises it too, and says that something was repaired.
func TestEmergencyPageIsNotRefusedForADetail(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	p := s.post("/emergency", map[string][]string{"do": {"raise"}, "title": {""}, "reason": {"Nước suối lên"}, "text": {"!!!"}, "language": {"vi"}})
	if p.location != "/emergency?told=emergency-repaired" || len(w.raised) != 1 || w.raised[0].Title != "Tin khẩn cấp" || w.raised[0].Text != "" {
		t.Fatalf("status %d, to %q, raised %+v", p.status, p.location, w.raised)
	}
	if p := s.get(p.location); !strings.Contains(p.text, "Máy đã sửa chỗ ghi chưa đúng") {
		t.Error("nothing is said of it")
	}
}
