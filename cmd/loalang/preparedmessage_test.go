package main_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A message that is prepared with a recording keeps that in the library, and sounds with
// it when the database is gone and the play copy too: no voice reads what was recorded.
func TestPreparedRecordingSoundsWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	token := d.token
	status, rec := d.try(http.MethodPost, "/recordings", phone(t, "m4a", "-c:a", "aac"))
	if status != http.StatusCreated {
		t.Fatalf("the upload answers %d %v", status, rec)
	}
	id, _ := rec["id"].(string)
	made := d.call(http.MethodPost, "/templates", object{
		"class": "emergency", "topic": "danger", "name": "Xả lũ hồ", "title": "Xả lũ", "text": "",
		"messages": []object{{"language": "pcc", "recording": id}}, "repeat": 1, "siren": false,
	}, http.StatusCreated)
	code, _ := made["code"].(string)
	if status, answer := d.try(http.MethodDelete, "/recordings/"+id, nil); status != http.StatusConflict || answer["code"] != "recording-in-use" || !strings.Contains(answer["detail"].(string), "Xả lũ hồ") {
		t.Errorf("deleting what it needs: %d %v", status, answer)
	}
	if uses := d.call(http.MethodGet, "/recordings/"+id+"/uses", nil, http.StatusOK)["uses"].([]any); len(uses) != 1 || uses[0].(map[string]any)["what"] != "prepared" {
		t.Errorf("used by %v", uses)
	}
	d.stop()
	write(t, filepath.Join(data, "loalang.db"), nil)
	if err := os.RemoveAll(filepath.Join(data, "recordings", "play")); err != nil {
		t.Fatal(err)
	}

	d = start(t, data, "null", quick...)
	d.token = token
	raised := d.call(http.MethodPost, "/emergency", object{"prepared": code, "reason": "Hồ xả lũ", "languages": []string{"pcc"}}, http.StatusCreated)
	if raised["siren"] != false || raised["repeat"] != 1.0 || raised["title"] != "Xả lũ" || raised["warnings"] != nil {
		t.Errorf("raised %v", raised)
	}
	var heard []string
	d.until("it was heard", func() bool { heard = spooledAirings(t, data); return heard != nil })
	if len(heard) > 1 && heard[0] == "siren" { // the words took longer than the board waits for them in silence
		heard = heard[1:]
	}
	if want := []string{"voice pcc " + id}; !slices.Equal(heard, want) {
		t.Errorf("heard %v, want %v", heard, want)
	}
}

// spooledAirings are what of a finished emergency the spool has, nil: nothing yet.
func spooledAirings(t *testing.T, data string) (heard []string) {
	t.Helper()
	files, err := fs.Glob(os.DirFS(data), "spool/asrun-*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		var row struct {
			Kind, Outcome string
			Airings       []struct{ Part, Language, Recording string }
		}
		raw, err := os.ReadFile(filepath.Join(data, name))
		if err == nil && json.Unmarshal(raw, &row) == nil && row.Kind == "emergency" && row.Outcome == "played" {
			for _, a := range row.Airings {
				heard = append(heard, strings.TrimSpace(a.Part+" "+a.Language+" "+a.Recording))
			}
		}
	}
	return heard
}

// TestPreparedCommand lists, shows, puts and removes what is prepared, and says in a
// sentence what cannot be.
func TestPreparedCommand(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	run := func(in string, args ...string) (out, errs string, code int) {
		t.Helper()
		return loalang(t, in, append(append([]string{"prepared"}, args...), "--data", data)...)
	}
	form := `{"name":"Xả lũ hồ","title":"Xả lũ","text":"Rời bờ suối.","messages":[{"language":"vi","text":"Chạy lên đồi."}],"repeat":3,"siren":false}`
	out, errs, code := run(form, "put", "-")
	made, ok := strings.CutPrefix(strings.TrimSpace(out), "saved\t")
	if code != 0 || !ok {
		t.Fatalf("put: %d %s %s", code, out, errs)
	}
	if out, _, _ := run("", "list"); out != made+"\tno siren\t3 times\tall\tvi=text\tXả lũ hồ\n" {
		t.Errorf("list prints %q", out)
	}
	shown, _, _ := run("", "show", made)
	if _, errs, code := run(strings.Replace(shown, `"repeat": 3`, `"repeat": 5`, 1), "put", "-", "--code", made); code != 0 {
		t.Errorf("changed: %d %s", code, errs)
	}
	if got := d.call(http.MethodGet, "/templates/"+made, nil, http.StatusOK); got["repeat"] != 5.0 || got["class"] != "emergency" || got["siren"] != false {
		t.Errorf("the board has %v", got)
	}
	if _, errs, code := run(shown, "put", "-", "--code", made); code != 2 || !strings.Contains(errs, "changed") {
		t.Errorf("an old file: %d %s", code, errs)
	}
	for in, want := range map[string]string{
		`{"name":"a","title":"a","text":"a","repeat":101}`:                                  "0–100",
		`{"name":"a","title":"a","text":"a","messages":[{"language":"fr","text":"Fuyez"}]}`: "messages.fr",
		`{"name":"a","title":"a","text":"a","zones":["sao Hỏa"]}`:                           "zones",
		`{"name":"a","title":"a","words":"a"}`:                                              "is no prepared message",
	} {
		if _, errs, code := run(in, "put", "-"); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%s: %d %s", in, code, errs)
		}
	}
	if _, errs, code := run("", "show", "x"); code != 2 || !strings.Contains(errs, "prepared list") {
		t.Errorf("show of none: %d %s", code, errs)
	}
	if out, errs, code := run("", "remove", made); code != 0 || out != "removed\t"+made+"\n" {
		t.Errorf("removed: %d %s %s", code, out, errs)
	}
	if out, _, _ := run("", "list", "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("left: %s", out)
	}
}
