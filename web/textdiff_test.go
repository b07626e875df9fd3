package web_test

import (
	"strings"
	"testing"

	"loalang/web"
)

func TestTextDiff(t *testing.T) {
	for name, tt := range map[string]struct{ old, current, want string }{
		"same":            {"Họp lúc 19h.", "Họp lúc\n19h.", "Họp lúc 19h."},
		"a word":          {"Họp lúc 19h tại nhà văn hóa.", "Họp lúc 20h tại nhà văn hóa.", "Họp lúc -19h +20h tại nhà văn hóa."},
		"more at the end": {"Họp thôn.", "Họp thôn. Mang theo giấy.", "Họp thôn. +[Mang theo giấy.]"},
		"moved":           {"a b c d", "a c b d", "a -b c +b d"},
		"from nothing":    {"", "Họp thôn.", "+[Họp thôn.]"},
		"to nothing":      {"Họp thôn.", "", "-[Họp thôn.]"},
		"long":            {strings.Repeat("một ", 2000), strings.Repeat("hai ", 2000), "-[" + strings.TrimSpace(strings.Repeat("một ", 2000)) + "] +[" + strings.TrimSpace(strings.Repeat("hai ", 2000)) + "]"},
	} {
		if got := web.TextDiff(tt.old, tt.current); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
