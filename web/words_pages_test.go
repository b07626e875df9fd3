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

// TestWordsNameCommandsOfABoard: whoever stands at a board and types what a page or doctor
// says had no rights, or other settings and data than those of the service.
func TestWordsNameCommandsOfABoard(t *testing.T) {
	bare := regexp.MustCompile(`(?:^|[^-/.\pL])loalang (?:amp|backup|bundle|button|data|doctor|migrate|mixer|monitor|plan|restore|say|serve|speech|token|user)\b`)
	rights := regexp.MustCompile(`(sudo )?(?:apt-get install|usermod -|systemctl (?:start|stop|restart|status))`)
	seen := 0
	for _, lang := range []string{"vi", "en"} {
		for key, text := range words(t, lang) {
			seen += strings.Count(text, "sudo loalang-board ")
			// What the unit of the service has, and no person types.
			if at := bare.FindString(strings.ReplaceAll(text, "`loalang amp safe-state`", "")); at != "" {
				t.Errorf("%s, %s: %q runs without the settings of the board: write sudo loalang-board", lang, key, at)
			}
			for _, m := range rights.FindAllStringSubmatch(text, -1) {
				if m[1] == "" {
					t.Errorf("%s, %s: %q needs the rights of root: write sudo", lang, key, m[0])
				}
			}
			if strings.Contains(text, "--device") {
				t.Errorf("%s, %s: a board has its settings in /etc/loalang/loalang.env: %q", lang, key, text)
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d commands were found: this test tests nothing", seen)
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
