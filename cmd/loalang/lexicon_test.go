package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rendition is the first rendition of an announcement.
func rendition(t testing.TB, announcement object) object {
	t.Helper()
	list, _ := announcement["renditions"].([]any)
	if len(list) == 0 {
		t.Fatalf("no renditions: %v", announcement)
	}
	r, _ := list[0].(map[string]any)
	return r
}

// A word that people add changes how a notice sounds that is still to air, what is
// previewed and what commands read; a notice whose words somebody wrote stays, and
// the word outlives its database.
func TestWordChangesWhatIsSpoken(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	made := func(spoken string) string {
		vi := object{"language": "vi"}
		if spoken != "" {
			vi["spoken"] = spoken
		}
		a := d.call(http.MethodPost, "/announcements", object{"title": "Họp", "text": "Kính mời bà con Ún Tà đi họp.", "renditions": []object{vi}}, http.StatusCreated)
		id, _ := a["id"].(string)
		return id
	}
	plain, byHand := made(""), made("Mời cả làng đi họp.")
	ready := func(id string) (r object) {
		d.until("the notice is ready", func() bool {
			r = rendition(t, d.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK))
			return r["state"] == "ready"
		})
		return r
	}
	before, hand := ready(plain), ready(byHand)
	if before["spoken"] != "Kính mời bà con Ún Tà đi họp." {
		t.Fatalf("spoken %v", before)
	}
	saved := d.call(http.MethodPost, "/words", object{"written": "Ún Tà", "spoken": "úng tà"}, http.StatusCreated)
	changed, _ := saved["announcements"].(map[string]any)
	if anew, kept := changed["anew"].([]any), changed["kept"].([]any); len(anew) != 1 || len(kept) != 1 {
		t.Errorf("%v", saved)
	}
	after := ready(plain)
	if after["spoken"] != "Kính mời bà con úng tà đi họp." || after["recording"] == before["recording"] {
		t.Errorf("before %v, after %v", before, after)
	}
	if now := ready(byHand); now["spoken"] != hand["spoken"] || now["recording"] != hand["recording"] {
		t.Errorf("what somebody wrote was changed: %v", now)
	}
	if p := d.call(http.MethodPost, "/speech/preview", object{"language": "vi", "text": "Thôn Ún Tà."}, http.StatusOK); p["spoken"] != "Thôn úng tà." {
		t.Errorf("preview %v", p["spoken"])
	}
	normalize := func(more ...string) string {
		out, errs, code := loalang(t, "Thôn Ún Tà, KNT.\n", append([]string{"speech", "normalize"}, more...)...)
		if code != 0 || errs != "" {
			t.Errorf("normalize %v: exit %d, %s", more, code, errs)
		}
		return strings.TrimSpace(out)
	}
	if got := normalize("--data", data); !strings.HasPrefix(got, "Thôn úng tà") {
		t.Errorf("beside a running serve: %q", got)
	}
	file := filepath.Join(t.TempDir(), "words.csv")
	if _, errs, code := loalang(t, "", "words", "export", "--data", data, "-o", file); code != 0 {
		t.Fatal(errs)
	}
	if got := normalize("--data", t.TempDir(), "--lexicon", file); !strings.HasPrefix(got, "Thôn úng tà") {
		t.Errorf("by a file: %q", got)
	}
	d.stop()

	// The database is gone: an emergency still names the village as people say it.
	if err := os.WriteFile(filepath.Join(data, "loalang.db"), []byte(strings.Repeat("noise", 9999)), 0o600); err != nil {
		t.Fatal(err)
	}
	again := start(t, data, "null", quick...)
	again.token = d.token
	if p := again.call(http.MethodPost, "/emergency", object{"title": "Lũ", "reason": "Nước dâng", "text": "Ún Tà có lũ."}, http.StatusCreated); p["id"] == "" {
		t.Errorf("%v", p)
	}
	again.until("it is spoken", func() bool {
		active, _ := again.call(http.MethodGet, "/air", nil, http.StatusOK)["emergencies"].([]any)
		if len(active) != 1 {
			t.Fatalf("%v", active)
		}
		spoken, _ := active[0].(map[string]any)["spoken"].([]any)
		return len(spoken) > 0
	})
	if p := again.call(http.MethodPost, "/speech/preview", object{"language": "vi", "text": "Ún Tà có lũ.", "silent": true}, http.StatusOK); p["spoken"] != "Úng tà có lũ." {
		t.Errorf("without the database an emergency says %v", p["spoken"])
	}
	again.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
}

func TestBadLexiconFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "words.csv")
	if err := os.WriteFile(file, []byte("KNT,khu nà tẩu\nA15,15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"speech", "normalize"}, {"say", "x"}} {
		_, errs, code := loalang(t, "KNT", append(args, "--lexicon", file)...)
		if code != 1 || !strings.Contains(errs, "line 2: What is to be said has figures") {
			t.Errorf("%v: exit %d, %q", args, code, errs)
		}
		if _, errs, code = loalang(t, "KNT", append(args, "--lexicon", file+"x")...); code != 1 || !strings.Contains(errs, "no such file") {
			t.Errorf("%v: exit %d, %q", args, code, errs)
		}
	}
}

// The dictionary as a cadre meets it: from a notice whose word is spelled, by ear,
// to the notice that says it right.
func TestDictionaryPages(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	b.open(d.setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()
	b.open(d.url + "/words")
	b.picture("words-empty-360")
	b.open(d.url + "/announcements/new")
	b.sheet("write")
	b.fill("#title", "Họp")
	b.fill("#text", "Mời bà con KXT đi họp.")
	b.press("button[value=preview]")
	b.until("the word is spelled", "document.querySelector('#preview a[href*=\"/words/new\"]')")
	b.picture("words-preview-360")
	b.sheet("send")
	b.press("button[value=send]")
	b.until("the notice is kept", "location.pathname.startsWith('/announcements/') && location.pathname != '/announcements/new'")

	b.until("it is shown as it is read", "document.querySelector('[id^=tieng-] details mark.unsure')")
	b.until("the machine has read it", "document.querySelector('#renditions audio')")
	js[bool](b, "(document.querySelector('#renditions mark').closest('details').open = true)")
	b.picture("announcement-read-360")
	b.screen(1280, 800)
	b.picture("announcement-read-1280")
	b.screen(360, 740)
	b.open(d.url + "/words/new?written=KXT")
	b.fill("#spoken", "khu xóm trên")
	b.fill("#note", "Tên gọi từ hồi hợp tác xã")
	b.press("button[value=try]")
	b.until("the word is heard", "document.querySelectorAll('audio').length == 2")
	b.until("it sounds", "[...document.querySelectorAll('audio')].every(a => { a.preload = 'auto'; return a.duration > 0.3 })")
	if text := b.text("main"); !strings.Contains(text, "1 bản tin sẽ được máy đọc lại") || !strings.Contains(text, "báo tin về khu xóm trên") {
		t.Errorf("%s", text)
	}
	b.picture("word-tried-360")
	b.screen(1280, 800)
	b.picture("word-tried-1280")
	b.screen(360, 740)
	b.press("button[value=save]")
	b.until("it is kept", "location.pathname == '/words'")
	if text := b.text("main"); !strings.Contains(text, "Đã lưu từ.") || !strings.Contains(text, "Dùng trong 1 bản tin còn phát") {
		t.Errorf("%s", text)
	}
	bad := filepath.Join(t.TempDir(), "tu.csv")
	if err := os.WriteFile(bad, []byte("NTM;nông thôn mới\nA15;15\n\"Giáy;giáy\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.attach("#words", bad)
	b.press(`form[action="/words/import"] button`)
	b.until("the bad lines are named", "document.querySelector('main table')")
	b.picture("words-360")
	b.screen(1280, 800)
	b.picture("words-1280")
}
