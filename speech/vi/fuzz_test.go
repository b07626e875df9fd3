package vi_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"loalang/speech/vi"
)

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{
		"UBND xã Cốc San mời họp lúc 19h ngày 24/11/2026.", "0912 345 678, 39/2020/TT-BTTTT, khoản vi. 4-6 - 7",
		"TP.HCM v.v... a@b.vn http://x.vn/ [[[a]]] -2°C 1tr5 5 1/2 T2-T6", "khóa VNeID thứ Đ IV I.II-III", "\u0300\u0301e\u0323\u0302 ᄀ*ᅡ ﬁ ½ ²³",
		"1.1.1.1.1,1,1,1:1:1:1-1-1-1/1/1/1", "x 2 × 3 = 5 & ± ≥ ~ > <", "“‘«»’” … ‥ 。、！？",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		sound(t, text, vi.Normalize(text, nil))
	})
}

// A lexicon drawn from the text itself: words that stand for their neighbours, for
// themselves, for each other, and what pushes on what.
func FuzzLexicon(f *testing.F) {
	for seed, text := range []string{
		"aa aa bb aa", "Ún Tà đến bản Ún Tà, TDP 5 TDP5", "a b a b a", "QL4D tổ dân phố UBND T.D.P", "AXB BXA axb Axb. axb", "hoà Hòa HOÀ x. Y y", "a, b a b. a b",
		"một 1 hai 2 1.2", "UBND xã ủy ban nhân dân xã",
	} {
		f.Add(text, uint64(seed))
		f.Add(text, uint64(seed+100))
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		fields := strings.Fields(text)
		if len(text) > 1024 || len(fields) == 0 {
			return
		}
		random := rand.New(rand.NewPCG(seed, 4))
		phrase := func() string {
			from := random.IntN(len(fields))
			return strings.Join(fields[from:min(len(fields), from+1+random.IntN(3))], " ")
		}
		var entries []vi.Entry
		for range 1 + random.IntN(4) {
			entries = append(entries, vi.Entry{Written: phrase(), Spoken: phrase()})
		}
		words := vi.NewLexicon(entries)
		defer func() {
			if t.Failed() {
				t.Logf("lexicon %q", entries)
			}
		}()
		soundWith(t, text, vi.Normalize(text, words), words)
	})
}
