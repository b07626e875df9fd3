package web_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestWordsSendToPagesThatThereAre: advice named pages that are called something else.
func TestWordsSendToPagesThatThereAre(t *testing.T) {
	said := words(t, "vi")
	var titles []string
	for key, text := range said {
		if strings.HasSuffix(key, ".title") || strings.HasPrefix(key, "settings.") && !strings.HasSuffix(key, "-sub") || strings.HasPrefix(key, "nav.") {
			titles = append(titles, text)
		}
	}
	named := regexp.MustCompile(`[Tt]rang \p{Lu}`)
	seen := 0
	for key, text := range said {
		for _, at := range named.FindAllStringIndex(text, -1) {
			seen++
			if page := text[at[0]+len("trang "):]; !beginsWithOne(page, titles) {
				t.Errorf("%s: no page is called what follows: %q", key, page)
			}
		}
		if strings.Contains(strings.ToLower(text), "tăng âm") {
			t.Errorf("%s: the amplifier is “âm-li”: %q", key, text)
		}
	}
	if seen < 20 {
		t.Errorf("only %d pages are named", seen)
	}
	for key, want := range map[string]string{
		"led.fault": said["health.title"], "health.disk-full-do": said["settings.retention"], "health.disk-low-do": said["settings.retention"], "ill.disk-full": said["settings.retention"],
		"health.monitor-unadjusted-do": said["settings.monitor"], "health.backup-failed-do": said["backups.do"], "health.backup-old-do": said["backups.do"], "health.button-nothing-do": said["settings.button"],
	} {
		if want == "" || !strings.Contains(said[key], want) {
			t.Errorf("%s does not name %q: %q", key, want, said[key])
		}
	}
	if !strings.Contains(said["health.monitor-unadjusted-do"], "“"+said["monitor.calibrate"]+"”") {
		t.Errorf("the button is not named: %q", said["health.monitor-unadjusted-do"])
	}
	for _, key := range []string{"health.button-fault-do", "health.light-fault-do", "health.zones-absent-do", "health.zones-busy-do", "health.monitor-down-do", "amp-trouble.absent", "button.fault", "sound.led-fault"} {
		if strings.Contains(said[key], "cài đặt") || !strings.Contains(said[key], "tệp cấu hình") {
			t.Errorf("%s: pages are called settings too: %q", key, said[key])
		}
	}
	for _, key := range []string{"ill.disk-full", "ill.disk-inodes", "problem.disk-full"} {
		if !strings.Contains(said[key], "Thẻ nhớ (ổ đĩa)") {
			t.Errorf("%s: which memory is it? %q", key, said[key])
		}
	}
}

// beginsWithOne says whether text begins with one of these, whole.
func beginsWithOne(text string, titles []string) bool {
	for _, title := range titles {
		rest, ok := strings.CutPrefix(text, title)
		next, _ := utf8.DecodeRuneInString(rest)
		if ok && title != "" && !unicode.IsLetter(next) {
			return true
		}
	}
	return false
}
