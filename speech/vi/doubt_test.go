package vi_test

import (
	"testing"

	"loalang/speech/vi"
)

// What may be read otherwise, or may be mistyped, is shown to the author.
func TestDoubts(t *testing.T) {
	for written, want := range map[string]vi.Doubt{
		"3/4":             vi.Ambiguous,
		"-3/4":            vi.Ambiguous,
		"9/10":            vi.Ambiguous,
		"3/4 số hộ":       "",
		"ngày 3/4":        "",
		"20/11":           "",
		"31/2":            vi.Unusual,
		"31/4/2026":       vi.Unusual,
		"29/2/2026":       vi.Unusual,
		"29/2/2028":       "",
		"30/2 âm lịch":    "",
		"25:70":           vi.Unusual,
		"7:60":            vi.Unusual,
		"7:30":            "",
		"16:9":            vi.Ambiguous,
		"tỷ lệ 1:100":     "",
		"9123456780":      vi.Ambiguous,
		"9000000000":      "",
		"0912345678":      "",
		"9123456780 đồng": "",
		"số 9123456780":   "",
		"1.234.567.890":   "",
		"từ 3/4 - 30/4":   "",
		"ngày 2-9":        vi.Ambiguous,
		"ngày 20-11":      "",
	} {
		t.Run(written, func(t *testing.T) {
			got := vi.Doubt("")
			for _, c := range vi.Normalize(written, nil).Changes {
				if c.Doubt != "" {
					got = c.Doubt
				}
			}
			if got != want {
				t.Errorf("doubt %q, want %q", got, want)
			}
		})
	}
}
