package main_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/audio"
)

// listOf is a JSON list of strings; nil of none.
func listOf(v any) []string {
	var list []string
	all, _ := v.([]any)
	for _, w := range all {
		list = append(list, w.(string))
	}
	return list
}

// reading is an announcement in one language, as the API shows it.
func (d *daemon) reading(announcement, language string) object {
	d.t.Helper()
	for _, r := range d.call(http.MethodGet, "/announcements/"+announcement, nil, http.StatusOK)["renditions"].([]any) {
		if r := object(r.(map[string]any)); r["language"] == language {
			return r
		}
	}
	d.t.Fatalf("%s has no rendition in %s", announcement, language)
	return nil
}

// airNow lets an announcement sound at once and waits for its outcome.
func (d *daemon) airNow(announcement string) object {
	d.t.Helper()
	schedule := d.call(http.MethodPost, "/announcements/"+announcement+"/schedules", object{"kind": "now"}, http.StatusCreated)["id"]
	var found object
	d.until("it has sounded", func() bool {
		for _, r := range d.rows() {
			if r["schedule"] == schedule && r["outcome"] != nil {
				found = r
			}
		}
		return found != nil
	})
	return found
}

// A notice in two languages: somebody is asked for Giáy, their recording airs
// behind the Vietnamese voice after the village's pause; the text is changed, and
// what they read is not aired any more, the village's rule is, and the as-run
// says so.
func TestTwoLanguages(t *testing.T) {
	t.Parallel()
	need(t, sound)
	folder := t.TempDir()
	tapeName := filepath.Join(t.TempDir(), "air.wav")
	d := serve(t, folder, "file:"+tapeName, quick...).admit()
	const pause = 1500 * time.Millisecond
	d.call(http.MethodPatch, "/villages/un-ta", object{"pause": pause.Seconds()}, http.StatusOK)
	id := d.announce(object{"title": "Mời họp thôn", "text": notice})
	d.call(http.MethodPut, "/announcements/"+id+"/renditions/pcc/assignment", object{"reader": "Vàng Thị Mỷ"}, http.StatusOK)
	if r := d.reading(id, "pcc"); r["state"] != "assigned" || r["assignment"] == nil {
		t.Fatalf("asked: %v", r)
	}
	if out, errs, code := loalang(t, "", "coverage", "--data", folder, "--missing"); code != 0 || !strings.Contains(out, "vi ready, pcc assigned to Vàng Thị Mỷ until ") {
		t.Errorf("loalang coverage: %d %s%s", code, out, errs)
	}
	wording := d.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK)["wording"]
	rec := d.call(http.MethodPost, "/recordings", phone(t, "m4a", "-c:a", "aac"), http.StatusCreated)
	d.call(http.MethodPut, "/announcements/"+id+"/renditions/pcc", object{"recording": rec["id"], "wording": wording}, http.StatusOK)
	d.until("the recording is ready", func() bool { return d.reading(id, "pcc")["state"] == "ready" })

	row := d.airNow(id)
	parts := airings(row)
	if row["outcome"] != "played" || len(parts) != 3 || parts[1]["language"] != "vi" || parts[2]["language"] != "pcc" || parts[2]["recording"] != rec["id"] {
		t.Fatalf("as-run = %v, want the chime, Vietnamese and Giáy", row)
	}
	if !slices.Equal(listOf(row["languages"]), []string{"vi", "pcc"}) || row["missing"] != nil {
		t.Errorf("languages %v, missing %v", row["languages"], row["missing"])
	}
	between := instant(t, parts[2]["started"]).Sub(instant(t, parts[1]["ended"]))
	if off := between - pause; off.Abs() > 20*time.Millisecond {
		t.Errorf("%s between the languages, want %s", between, pause)
	}
	ended, began := instant(t, parts[1]["ended"]), instant(t, parts[2]["started"])

	d.call(http.MethodPatch, "/announcements/"+id, object{"text": notice + " Mang theo căn cước."}, http.StatusOK)
	if r := d.reading(id, "pcc"); r["state"] != "outdated" || r["told"] != notice {
		t.Fatalf("the text changed: %v", r)
	}
	d.until("the voice has read it anew", func() bool { return d.reading(id, "vi")["state"] == "ready" })
	row = d.airNow(id)
	parts = airings(row)
	if row["outcome"] != "played" || len(parts) != 2 || parts[1]["language"] != "vi" || !slices.Equal(listOf(parts[1]["for"]), []string{"pcc"}) || !slices.Equal(listOf(row["missing"]), []string{"pcc"}) {
		t.Errorf("as-run = %v, want Vietnamese alone, for Giáy", row)
	}

	d.call(http.MethodPatch, "/villages/un-ta", object{"missing": "skip"}, http.StatusOK)
	row = d.airNow(id)
	if parts = airings(row); len(parts) != 2 || parts[1]["for"] != nil || !slices.Equal(listOf(row["missing"]), []string{"pcc"}) {
		t.Errorf("as-run = %v, want Vietnamese alone, for nobody else", row)
	}
	d.call(http.MethodPost, "/announcements/"+id+"/renditions/pcc/hold", nil, http.StatusOK)
	d.until("what holds is ready", func() bool { return d.reading(id, "pcc")["state"] == "ready" })
	d.stop()

	tp := readTape(t, tapeName)
	silence := tp.between(ended.Add(20*time.Millisecond), began.Add(-20*time.Millisecond))
	if len(silence) < int(audio.Rate.N(pause-100*time.Millisecond)) || slices.ContainsFunc(silence, func(v int16) bool { return v != 0 }) {
		t.Errorf("the pause between the languages is %d frames, and not silent", len(silence))
	}
}

// A language that the command line gives a village is spoken where a voice speaks
// it: at once where a serve runs, else by the next one.
func TestVoiceOfALanguageOfTheCommandLine(t *testing.T) {
	t.Parallel()
	need(t, sound)
	folder := t.TempDir()
	set := func(languages string) {
		t.Helper()
		if _, errs, code := loalang(t, "", "village", "set", "un-ta", "--languages", languages, "--data", folder); code != 0 {
			t.Fatalf("village set: %s", errs)
		}
	}
	d := serve(t, folder, "null", quick...).admit()
	id := d.announce(object{"title": "Mời họp thôn", "text": notice})
	ready := func() bool { return d.reading(id, "en")["state"] == "ready" }
	set("vi,pcc,en")
	d.until("English is spoken", ready)
	set("vi,pcc")
	other := d.announce(object{"title": "Mời họp đội", "text": notice})
	d.stop()
	set("vi,en,pcc")
	d = serve(t, folder, "null", quick...).admit()
	id = other
	d.until("English is spoken after the start", ready)
	if out, errs, code := loalang(t, "", "coverage", "--data", folder); code != 0 || !strings.Contains(out, "vi ready, en ready, pcc missing\tMời họp đội") {
		t.Errorf("loalang coverage: %d %s%s", code, out, errs)
	}
	d.call(http.MethodPut, "/announcements/"+id+"/renditions/pcc", object{"waived": true}, http.StatusOK)
	if out, errs, code := loalang(t, "", "coverage", "--data", folder); code != 0 || !strings.Contains(out, "vi ready, en ready, pcc not told\tMời họp đội") {
		t.Errorf("loalang coverage: %d %s%s", code, out, errs)
	}
}
