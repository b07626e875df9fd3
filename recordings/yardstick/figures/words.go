package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"loalang/recordings"
	"loalang/speech"
	"loalang/speech/vi"
	"loalang/speech/vi/casetest"
)

// notice is a text as a commune writes it.
const notice = "UBND xã Cốc San thông báo: từ 7h30 ngày 25/11/2026, trạm y tế tiêm phòng cho 1.250 trẻ em dưới 5 tuổi tại nhà văn hóa thôn. " +
	"Theo QĐ 168/2026/QĐ-UBND, mỗi hộ được hỗ trợ 500.000đ; hộ nghèo được giảm 50% viện phí. " +
	"Nhiệt độ đêm nay xuống 8-10°C, gió cấp 6-7, giật cấp 8; bà con che chắn chuồng trại. " +
	"Mọi thắc mắc xin gọi 0214.3820.115 hoặc đến HTX trước 16h00 ngày 30/11. "

// ready times one minute of text until it may air: read, spoken, cleaned, levelled
// and durable.
func (h *hall) ready(ctx context.Context) (string, error) {
	t := table{
		title: "A minute of text",
		words: "From the text as it was written to a recording that may air, in s, median and longest of five; on disk and in the index included.",
		head:  []string{"sound", "read and spoken", "imported", "together", "longest"},
	}
	engine := speech.NewEspeak(speech.EspeakConfig{})
	var spoken, taken, all []time.Duration
	var length time.Duration
	for i := range 5 {
		began := time.Now()
		text := speech.Normalize("vi", fmt.Sprintf("Bản tin số %d. ", i+1)+notice+notice[:strings.Index(notice, "Theo")], nil).Text
		var wav bytes.Buffer
		if err := engine.Synthesize(ctx, speech.Request{Text: text, Language: "vi"}, &wav); err != nil {
			return "", err
		}
		said := time.Now()
		rec, err := h.library.Import(ctx, &wav, recordings.About{Title: "a minute", Kind: recordings.Speech})
		if err != nil {
			return "", err
		}
		end := time.Now()
		spoken, taken, all, length = append(spoken, said.Sub(began)), append(taken, end.Sub(said)), append(all, end.Sub(began)), rec.Length
	}
	seconds := func(d []time.Duration, at int) string {
		return fmt.Sprintf("%.2f", slices.Sorted(slices.Values(d))[at].Seconds())
	}
	t.row(length.Round(time.Second).String(), seconds(spoken, 2), seconds(taken, 2), seconds(all, 2), seconds(all, 4))
	return t.String(), nil
}

// readings times the reading of Vietnamese and scores it.
func readings(dir string) (string, error) {
	text := strings.Repeat(notice, 1+(1<<20)/len(notice))
	best := 0.0
	for range 3 {
		began := time.Now()
		vi.Normalize(text, nil)
		best = max(best, float64(len(text))/1e6/time.Since(began).Seconds())
	}
	t := table{
		title: "Reading Vietnamese",
		words: fmt.Sprintf("%.1f MB of notices a second, the best of three. Cases whose sources agree, compared by the rules of `speech/vi/casetest`.", best),
		head:  []string{"cases", "right", "of", "%"},
	}
	if _, err := os.Stat(dir); err != nil {
		t.row("not measured: no cases in "+dir, "", "", "")
		return t.String(), nil
	}
	cases, err := casetest.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, r := range casetest.Families(casetest.Score(cases, func(s string) string { return vi.Normalize(s, nil).Text })) {
		t.row(r.Class+".*", fmt.Sprint(r.Right), fmt.Sprint(r.All), fmt.Sprintf("%.1f", r.Percent()))
	}
	return t.String(), nil
}
