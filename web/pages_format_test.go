package web_test

import (
	"testing"
	"time"

	"loalang/web"
)

// TestExpiryAYearAheadHasItsYear: "Chủ nhật 28/11" on 26 November was read as the day
// after tomorrow, and was a year away.
func TestExpiryAYearAheadHasItsYear(t *testing.T) {
	now := time.Date(2026, 11, 26, 1, 15, 0, 0, time.UTC)
	for _, tt := range []struct {
		t      time.Time
		vi, en string
	}{
		{time.Date(2027, 11, 27, 17, 0, 0, 0, time.UTC), "00:00 Chủ nhật 28/11/2027", "00:00 Sunday 28 November 2027"},
		{time.Date(2025, 3, 1, 5, 0, 0, 0, time.UTC), "12:00 thứ Bảy 1/3/2025", "12:00 Saturday 1 March 2025"},
		{time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC), "00:00 thứ Sáu 1/1/2027", "00:00 Friday 1 January 2027"},
		{time.Date(2026, 3, 1, 5, 0, 0, 0, time.UTC), "12:00 Chủ nhật 1/3", "12:00 Sunday 1 March"},
	} {
		for lang, want := range map[string]string{"vi": tt.vi, "en": tt.en} {
			if got, err := web.SaidAt(lang, tt.t, now); err != nil || got != want {
				t.Errorf("%s: %q, %v; want %q", tt.t, got, err, want)
			}
		}
	}
	if got, err := web.SaidAt("vi", time.Date(2027, 1, 2, 5, 0, 0, 0, time.UTC), time.Date(2026, 12, 30, 5, 0, 0, 0, time.UTC)); err != nil || got != "12:00 thứ Bảy 2/1" {
		t.Errorf("at the turn of the year %q, %v", got, err)
	}
}
