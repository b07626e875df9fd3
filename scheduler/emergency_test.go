package scheduler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// An emergency is not refused for a detail: Settle repairs it, says so, and
// Validate finds nothing more.
func TestEmergencySettle(t *testing.T) {
	now := at(t, "2026-11-23 02:00")
	ok := scheduler.Emergency{
		Title: "Lũ quét", Reason: "Nước suối lên nhanh", Source: "Trưởng thôn", Text: "Bà con rời khỏi bờ suối ngay.",
		Languages: []string{"vi", "pcc"}, Zones: []string{"bản trên"}, Repeat: 3, Raised: now, Expires: now.Add(scheduler.DefaultEmergencyLife),
	}
	tests := []struct {
		name string
		set  func(e *scheduler.Emergency)
		want string // repairs
		is   func(e scheduler.Emergency) bool
	}{
		{"OK", func(*scheduler.Emergency) {}, "", func(e scheduler.Emergency) bool {
			return slices.Equal(e.Languages, ok.Languages) && slices.Equal(e.Zones, ok.Zones) && e.Text == ok.Text
		}},
		{"one language is unknown", func(e *scheduler.Emergency) { e.Languages = []string{"fr", "pcc", "pcc"} }, "languages: unknown fr", func(e scheduler.Emergency) bool {
			return slices.Equal(e.Languages, []string{"pcc"})
		}},
		{"every language is unknown", func(e *scheduler.Emergency) { e.Languages = []string{"--", ""} }, "languages: unknown --; languages: unknown", func(e scheduler.Emergency) bool {
			return e.Languages == nil
		}},
		{"zone is unknown", func(e *scheduler.Emergency) { e.Zones = []string{"sao Hỏa"} }, "zones: unknown sao Hỏa", func(e scheduler.Emergency) bool { return e.Zones == nil }},
		{"long", func(e *scheduler.Emergency) {
			e.Title, e.Text = strings.Repeat("lũ ", 100), strings.Repeat("lũ ", 10_000)
		}, "title: too-long 200; text: too-long 20000", func(e scheduler.Emergency) bool {
			return len([]rune(e.Text)) == 20_000 && strings.HasPrefix(e.Text, "lũ lũ")
		}},
		{"text of punctuation", func(e *scheduler.Emergency) { e.Text = "!!!" }, "text: no-words", func(e scheduler.Emergency) bool { return e.Text == "" }},
		{"control characters", func(e *scheduler.Emergency) { e.Title, e.Text = "Lũ\aquét\n", "Chạy\x00\nngay\xff" }, "title: control-characters; text: control-characters", func(e scheduler.Emergency) bool {
			return e.Title == "Lũ quét" && e.Text == "Chạy \nngay"
		}},
		{"cycles", func(e *scheduler.Emergency) { e.Repeat = 1 << 40 }, "repeat: out-of-range 0–100", func(e scheduler.Emergency) bool { return e.Repeat == 100 }},
		{"cycles below none", func(e *scheduler.Emergency) { e.Repeat = -1 }, "repeat: out-of-range 0–100", func(e scheduler.Emergency) bool { return e.Repeat == 0 }},
		{"a year", func(e *scheduler.Emergency) { e.Expires = now.AddDate(1, 0, 0) }, "expires: out-of-range <= 24h0m0s", func(e scheduler.Emergency) bool { return e.Expires.Equal(now.Add(24 * time.Hour)) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := ok
			tt.set(&e)
			e, repaired := e.Settle(now, []string{"vi", "pcc"}, []string{"bản trên"})
			got := ""
			if len(repaired) > 0 {
				got = faultsOf(t, scheduler.Invalid(repaired))
			}
			if got != tt.want || !tt.is(e) {
				t.Errorf("repairs %q, want %q; %+v", got, tt.want, e)
			}
			if err := e.Validate(now); err != nil {
				t.Errorf("still refused: %v", err)
			}
		})
	}
}

// With the village not known, its languages are not doubted.
func TestEmergencySettleWithoutTheVillage(t *testing.T) {
	e, repaired := scheduler.Emergency{Languages: []string{"hmn"}}.Settle(at(t, "2026-11-23 02:00"), nil, nil)
	if len(repaired) > 0 || !slices.Equal(e.Languages, []string{"hmn"}) {
		t.Errorf("%+v, repairs %v", e, repaired)
	}
}
