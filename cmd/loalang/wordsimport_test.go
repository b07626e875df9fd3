package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file of words that a command takes in counts in a running serve like one of the
// panel's: what a voice reads is read anew, and nothing of a bad file is kept.
func TestWordsImportCommand(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	a := d.call(http.MethodPost, "/announcements", object{"title": "Họp", "text": "Mời bà con Ún Tà.", "renditions": []object{{"language": "vi"}}}, http.StatusCreated)
	id, _ := a["id"].(string)
	said := func() object { return rendition(t, d.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK)) }
	d.until("the notice is ready", func() bool { return said()["state"] == "ready" })
	file := filepath.Join(t.TempDir(), "words.csv")
	take := func(text string, more ...string) (string, string, int) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return loalang(t, "", append([]string{"words", "import", "--data", data, file}, more...)...)
	}
	if _, errs, code := take("Ún Tà,úng tà\nA15,a 15\nB7,bê bảy,,pcc\n"); code != 1 || !strings.Contains(errs, "line 2: What is to be said has figures") || !strings.Contains(errs, "line 3: ") {
		t.Errorf("a bad file: exit %d, %s", code, errs)
	}
	if out, errs, code := take("Ún Tà;úng tà\n", "--dry-run"); code != 0 || !strings.Contains(out, "would be added 1, changed 0, known 0; announcements would be read anew 1,") {
		t.Errorf("dry: exit %d, %q %s", code, out, errs)
	}
	if r := said(); r["spoken"] != "Mời bà con Ún Tà." {
		t.Errorf("nothing was to be kept: %v", r)
	}
	if out, errs, code := take("Ún Tà;úng tà\n"); code != 0 || out != "added 1, changed 0, known 0; announcements read anew 1, left as somebody wrote them 0, not read anew for want of a voice 0\n" {
		t.Errorf("exit %d, %q %s", code, out, errs)
	}
	d.until("the running serve has read it anew", func() bool {
		r := said()
		return r["state"] == "ready" && r["spoken"] == "Mời bà con úng tà."
	})
	d.until("it reads by the word", func() bool {
		return d.call(http.MethodPost, "/speech/preview", object{"language": "vi", "text": "Ún Tà.", "silent": true}, http.StatusOK)["spoken"] == "Úng tà."
	})
	if out, _, code := take("Ún Tà;úng tà\n"); code != 0 || !strings.HasPrefix(out, "added 0, changed 0, known 1;") {
		t.Errorf("again: exit %d, %q", code, out)
	}
}
