package main_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// examples are the commands of docs/API.md that call a board, each with the number of its
// line; one may go on over several lines.
func examples(t *testing.T) (lines []int, commands []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "API.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(string(raw), "\n")
	for i := 0; i < len(all); i++ {
		if !strings.HasPrefix(all[i], "    ") || !strings.Contains(all[i], "curl ") {
			continue
		}
		first, command := i, strings.TrimSpace(all[i])
		for strings.HasSuffix(command, `\`) || strings.Count(command, "'")%2 == 1 {
			i++
			command += "\n" + strings.TrimSpace(all[i])
		}
		lines, commands = append(lines, first+1), append(commands, command)
	}
	return lines, commands
}

// unheard are the examples that this machine cannot run as they stand, and why.
var unheard = map[string]string{
	"| aplay":                         "it plays sound without an end",
	"/air/events":                     "it tells without an end",
	"piper:vais":                      "a voice that is not installed here",
	"nghe/ID.mp3":                     "nothing has been heard yet",
	"cut_from":                        "the pieces are longer than the sound of the test",
	"/trim":                           "the same",
	"emergency/ID":                    "TestEmergency has one that sounds",
	"plan/explained?about=OCCURRENCE": "nothing is promised yet",
	"/plan/moves":                     "the same",
	"/schedules/SID":                  "the schedule of the test has no rule",
	"/imports/":                       "it is asked for before it has begun",
	"$BOARD$at":                       "TestUpload sends the pieces",
}

// answered are the examples whose answer is another than a success on a board where one
// program does everything, and why.
var answered = map[string]struct {
	status int
	why    string
}{
	"/hold":                {http.StatusConflict, "nothing is outdated"},
	"/decision":            {http.StatusUnprocessableEntity, "whoever asks does not approve"},
	`{"act": "return"`:     {http.StatusConflict, "nothing waits for approval"},
	"pcc/assignment":       {http.StatusConflict, "its recording is there already"},
	"-X PUT $A/words/WORD": {http.StatusUnprocessableEntity, "an example before has made the same word"},
	"/bundles/export":      {http.StatusConflict, "there is no stick"},
	"/bundles/look":        {http.StatusNotFound, "the same"},
	"/bundles/take":        {http.StatusConflict, "nobody has looked"},
	"/calendar/un-ta.ics":  {http.StatusForbidden, "the token of the test may do more than look"},
}

// fill puts what is on the board into an example's names, and moves its days to come.
func fillExample(command string, ids map[string]string, now time.Time) string {
	written := time.Date(2026, 11, 23, 0, 0, 0, 0, now.Location())
	shift := func(layout string) func(string) string {
		return func(day string) string {
			at, err := time.ParseInLocation(layout, day, now.Location())
			if err != nil {
				return day
			}
			return now.AddDate(0, 0, int(at.Sub(written).Hours()/24)).Format(layout)
		}
	}
	command = regexp.MustCompile(`202[67]-\d\d-\d\d`).ReplaceAllStringFunc(command, shift(time.DateOnly))
	command = regexp.MustCompile(`2026\d{4}\b`).ReplaceAllStringFunc(command, shift("20060102"))
	pairs := []string{"FINGERPRINT", "0123-4567-89ab-cdef-0123-4567-89ab-cdef", "http://127.0.0.1:8080", "$BOARD", "loa_…", "$TOKEN"}
	for _, name := range []string{"/accounts/ID", "/emergency/ID", "$ID", "RECORDING", "EXCEPTION", "OCCURRENCE", "STATION", "SLOT", "WORD", "FEED", "SEEN", "SID", "=ID", "/ID"} {
		pairs = append(pairs, name, ids[name])
	}
	return strings.NewReplacer(pairs...).Replace(command)
}

// Every example of the API's guide is typed into a shell, before a board as it is
// installed: it does what it says.
func TestExamplesOfTheAPIRun(t *testing.T) {
	need(t, map[string]string{"curl": "curl", "espeak-ng": "espeak-ng", "ffmpeg": "ffmpeg", "jq": "jq"})
	data, dir := t.TempDir(), t.TempDir()
	d := serve(t, data, "null").admit()
	if _, errs, code := loalang(t, "{}", "rules", "set", "un-ta", "-", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	ids := prepareExamples(t, d, dir)
	token := d.token
	lines, commands := examples(t)
	if len(commands) < 80 {
		t.Fatalf("only %d examples", len(commands))
	}
	used, ran := map[string]bool{}, 0
	for i, command := range commands {
		skip := false
		for part := range unheard {
			if strings.Contains(command, part) {
				used[part], skip = true, true
			}
		}
		if skip {
			continue
		}
		ran++
		want := http.StatusOK
		for part, other := range answered {
			if strings.Contains(command, part) {
				used[part], want = true, other.status
			}
		}
		if strings.Contains(command, "/backups/whole") || strings.Contains(command, "/bundles/") {
			d.until("the board no longer looks after its data", func() bool {
				return d.call(http.MethodGet, "/backups", nil, http.StatusOK)["running"] == false && d.call(http.MethodGet, "/bundles", nil, http.StatusOK)["running"] == nil
			})
		}
		shell := exec.Command("sh", "-c", `curl() { command curl -m 240 -w '%{stderr}HTTP %{http_code}\n' "$@"; }; at="$AT"
`+fillExample(command, ids, time.Now())+"\nwait\n")
		shell.Dir = dir
		shell.Env = append(os.Environ(), "H=Authorization: Bearer "+token, "A="+d.url+"/api/v1", "TOKEN="+token, "BOARD="+d.url, "AT="+ids["upload"], "NO_PROXY=127.0.0.1", "http_proxy=")
		var told safeBuffer
		var out safeBuffer
		shell.Stderr, shell.Stdout = &told, &out
		err := shell.Run()
		if strings.Contains(command, `"allowed"`) { // the examples that follow air at any hour
			d.call(http.MethodPut, "/villages/un-ta/rules", object{}, http.StatusOK)
		}
		codes := regexp.MustCompile(`HTTP (\d+)`).FindAllStringSubmatch(told.String(), -1)
		if err != nil || len(codes) == 0 {
			t.Errorf("docs/API.md:%d: %s: %v %s %.300s", lines[i], command, err, told.String(), out.String())
			continue
		}
		for _, c := range codes {
			if got := c[1]; want == http.StatusOK && got[0] != '2' || want != http.StatusOK && got != fmt.Sprint(want) {
				t.Errorf("docs/API.md:%d: %s: %s, want %d: %.400s", lines[i], command, got, want, out.String())
			}
		}
	}
	for part := range unheard {
		if !used[part] {
			t.Errorf("no example has %q", part)
		}
	}
	t.Logf("%d examples ran", ran)
}

// prepareExamples puts on the board what the examples speak of, and names it.
func prepareExamples(t *testing.T, d *daemon, dir string) map[string]string {
	t.Helper()
	sound := filepath.Join(dir, "ghi-am.m4a")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=3", "-c:a", "aac", sound).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	raw, err := os.ReadFile(sound)
	if err != nil {
		t.Fatal(err)
	}
	const calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:mot@x\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:Họp thôn\r\nDTSTART:20991126T120000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	for name, content := range map[string][]byte{"take.m4a": raw, "lich.ics": []byte(calendar)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	slot := d.call("POST", "/slots", object{"name": "Buổi thử", "start": "17:00", "length": 1800}, http.StatusCreated)["id"].(string)
	made := d.call("POST", "/announcements", object{"title": "Họp thôn", "text": "Mời bà con họp.", "schedules": []object{{"kind": "slots", "slots": []string{slot}}}}, http.StatusCreated)
	id := made["id"].(string)
	station := d.call("POST", "/stations", object{"name": "Đài huyện", "url": "https://radio.example/huyen"}, http.StatusCreated)["id"].(string)
	word := d.call("POST", "/words", object{"written": "TDP", "spoken": "tổ dân phố"}, http.StatusCreated)["word"].(map[string]any)["id"].(string)
	feed := d.call("POST", "/calendars/feeds", object{}, http.StatusCreated)["id"].(string)
	person := d.call("POST", "/accounts", object{"name": "Páo", "role": "cadre", "village": "un-ta", "password": "con suối trước nhà"}, http.StatusCreated)["id"].(string)
	exception := d.call("POST", "/exceptions", object{"from": time.Now().Add(time.Hour), "to": time.Now().Add(2 * time.Hour), "rules": []string{"hours"}, "reason": "Lễ hội đầu năm của thôn"}, http.StatusCreated)["id"].(string)
	recording := d.call("POST", "/recordings", upload{name: "ghi-am.m4a", raw: raw}, http.StatusCreated)["id"].(string)
	schedules := made["schedules"].([]any)
	return map[string]string{
		"/accounts/ID": "/accounts/" + person, "/emergency/ID": "/emergency/x", "$ID": id, "/ID": "/" + id, "=ID": "=" + id, "SID": schedules[0].(map[string]any)["id"].(string),
		"RECORDING": recording, "EXCEPTION": exception, "OCCURRENCE": "occurrence", "STATION": station, "SLOT": slot, "WORD": word, "FEED": feed, "SEEN": "x",
	}
}
