package main_test

import (
	"database/sql"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "loalang/store" // brings the driver, to make a data folder of the future
)

// Every wrong use gets one sentence on standard error and the right exit code.
func TestWrongUse(t *testing.T) {
	nothing := filepath.Join(t.TempDir(), "nothing")
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"UnknownCommand":    {[]string{"sing"}, 2, "unknown command"},
		"UnknownFlag":       {[]string{"serve", "--loud"}, 78, "unknown flag"},
		"DeviceInjection":   {[]string{"serve", "--data", nothing, "--device", "hw:0;reboot"}, 78, "device"},
		"DevicePath":        {[]string{"serve", "--data", nothing, "--device", "../card"}, 78, "device"},
		"DeviceSpace":       {[]string{"serve", "--data", nothing, "--device", "my card"}, 78, "device"},
		"ListenNoPort":      {[]string{"serve", "--data", nothing, "--listen", "localhost"}, 78, "HOST:PORT"},
		"NoSuchFallback":    {[]string{"serve", "--data", nothing, "--fallback", "nhac"}, 78, "use chime, opening"},
		"SettleTooLong":     {[]string{"serve", "--data", nothing, "--settle", "5h"}, 78, "0s to 60s"},
		"AmpHalf":           {[]string{"serve", "--data", nothing, "--amp-chip", "gpiochip0"}, 78, "go together"},
		"NoData":            {[]string{"plan", "--data", nothing}, 1, "holds no Loa Làng data"},
		"DeleteNothing":     {[]string{"recordings", "delete"}, 2, "write `loalang recordings delete ID"},
		"ImportNothing":     {[]string{"recordings", "import"}, 2, "write `loalang recordings import FILE"},
		"RoleUnknown":       {[]string{"token", "add", "x", "--role", "boss", "--data", nothing}, 2, "admin, officer"},
		"RoleMissing":       {[]string{"token", "add", "x", "--data", nothing}, 2, "role"},
		"ExpiresOdd":        {[]string{"token", "add", "x", "--role", "viewer", "--expires", "soon", "--data", nothing}, 2, "30d"},
		"PasswordInArgs":    {[]string{"user", "add", "x", "--role", "viewer", "--data", nothing}, 2, "--password-stdin"},
		"NewPasswordInArgs": {[]string{"user", "password", "x", "--data", nothing}, 2, "--password-stdin"},
		"LanguageUnknown":   {[]string{"speech", "normalize", "--lang", "xx"}, 2, "use one of"},
		"SayMarks":          {[]string{"say", "?!..."}, 1, "nothing to speak"},
		"SayNobody":         {[]string{"say", "--lang", "pcc", "x"}, 1, "record it instead"},
		"SpeakerByHand":     {[]string{"speaker"}, 1, "loalang serve"},
		"NoDays":            {[]string{"plan", "--days", "0", "--data", nothing}, 2, "--days"},
		"UnknownHelp":       {[]string{"help", "sing"}, 2, "unknown command"},
		"UnknownSubcommand": {[]string{"user", "sing"}, 2, "see `loalang user --help`"},
		"TooManyWords":      {[]string{"user", "add", "Lù", "A", "Páo", "--data", nothing}, 2, "quotation marks"},
		"TooFewWords":       {[]string{"token", "revoke", "--data", nothing}, 2, "write `loalang token revoke ID|NAME"},
		"WordsForNothing":   {[]string{"plan", "today", "--data", nothing}, 2, `"today" is too much without --explain`},
		"NoNumber":          {[]string{"plan", "--days", "few", "--data", nothing}, 2, `--days cannot be "few": give a number`},
		"FlagWithoutValue":  {[]string{"plan", "--data"}, 2, "see `loalang plan --help`"},
		"NameEmpty":         {[]string{"user", "add", " ", "--role", "cadre", "--password-stdin", "--data", nothing}, 2, "name is missing"},
		"FolderImpossible":  {[]string{"serve", "--listen", "127.0.0.1:0", "--data", "/proc/no/data"}, 1, "name one that can be written with --data"},
		"NoSuchAddress":     {[]string{"serve", "--listen", "[2001:db8::1]:80", "--data", nothing}, 1, "choose an address of this machine"},
		"SayVoiceUnknown":   {[]string{"say", "--voice", "ca-si", "x"}, 2, "use one of espeak:vi"},
		"SayNoProgram":      {[]string{"say", "--espeak", "no-such-program", "x"}, 1, "no-such-program"},
		"NoLunarDay":        {[]string{"calendar", "solar", "30/12/2024"}, 2, "the month has 29 days"},
		"NoCivilDay":        {[]string{"calendar", "lunar", "2026-02-30"}, 2, "is no date"},
		"BeforeLunar":       {[]string{"calendar", "lunar", "1967-12-31"}, 2, "1968-01-01"},
		"NoDates":           {[]string{"calendar", "lunar"}, 2, "write `loalang calendar lunar DATE..."},
		"NoCalendarFile":    {[]string{"calendar", "read", nothing}, 1, "no such file"},
		"NotACalendar":      {[]string{"calendar", "read", "main.go"}, 1, "is no calendar"},
		"RuleNever":         {[]string{"calendar", "next", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, 2, "never comes round"},
		"RuleFlood":         {[]string{"calendar", "next", "FREQ=SECONDLY"}, 2, "288 times a day"},
		"RuleZone":          {[]string{"calendar", "next", "FREQ=DAILY", "--zone", "Local"}, 2, "--zone"},
		"RuleFrom":          {[]string{"calendar", "next", "FREQ=DAILY", "--from", "soon"}, 2, "is no time"},
		"RuleNumber":        {[]string{"calendar", "next", "FREQ=DAILY", "-n", "0"}, 2, "1 to 10000"},
		"ReportBothFormats": {[]string{"report", "--json", "--html", "x.html", "--data", nothing}, 2, "one of --json, --csv and --html"},
		"ReportNoMonth":     {[]string{"report", "--month", "2026-13", "--data", nothing}, 2, "write 2026-11"},
		"ReportTwoSpans":    {[]string{"report", "--month", "2026-11", "--from", "2026-11-01", "--data", nothing}, 2, "either --month or --from"},
		"ReportBackwards":   {[]string{"report", "--from", "2026-11-09", "--to", "2026-11-01", "--data", nothing}, 2, "give the later one as --to"},
		"ReportTooLong":     {[]string{"report", "--from", "2020-11-09", "--to", "2026-11-01", "--data", nothing}, 2, "more than 366 days"},
		"ReportByMoon":      {[]string{"report", "--by", "moon", "--data", nothing}, 2, "write day, month"},
		"BothFormats":       {[]string{"asrun", "--json", "--csv", "--data", nothing}, 2, "one of"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(name, "Say") {
				need(t, map[string]string{"espeak-ng": "espeak-ng"})
			}
			out, errs, code := loalang(t, "", tt.args...)
			if code != tt.code || !strings.Contains(errs, tt.says) || out != "" {
				t.Errorf("exit %d, want %d; says %q, want it to hold %q; prints %q", code, tt.code, errs, tt.says, out)
			}
			if strings.Count(strings.TrimSpace(errs), "\n") != 0 || !strings.HasPrefix(errs, "loalang: ") {
				t.Errorf("not one sentence: %q", errs)
			}
			if _, err := os.Stat(nothing); err == nil {
				t.Error("a wrong use made a folder")
			}
		})
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	for _, args := range [][]string{
		{"serve"},
		{"say"},
		{"speech"},
		{"speech", "normalize"},
		{"recordings"},
		{"recordings", "import"},
		{"recordings", "list"},
		{"recordings", "delete"},
		{"plan"},
		{"why"},
		{"asrun"},
		{"report"},
		{"user"},
		{"user", "add"},
		{"user", "list"},
		{"user", "password"},
		{"user", "disable"},
		{"user", "enable"},
		{"user", "pin"},
		{"token"},
		{"token", "add"},
		{"token", "list"},
		{"token", "revoke"},
		{"calendar"},
		{"calendar", "lunar"},
		{"calendar", "solar"},
		{"calendar", "next"},
		{"calendar", "read"},
		{"village"},
		{"village", "list"},
		{"village", "set"},
		{"words"},
		{"words", "export"},
		{"slot"},
		{"slot", "list"},
		{"slot", "show"},
		{"slot", "add"},
		{"slot", "edit"},
		{"slot", "remove"},
		{"exception"},
		{"exception", "list"},
		{"exception", "ask"},
		{"exception", "grant"},
		{"exception", "refuse"},
		{"exception", "withdraw"},
		{"announcement"},
		{"announcement", "submit"},
		{"announcement", "approve"},
		{"announcement", "return"},
		{"announcement", "urge"},
		{"announcement", "withdraw"},
		{"doctor"},
		{"version"},
		{"speaker"},
	} {
		out, errs, code := loalang(t, "", append(args, "--help")...)
		if code != 0 || !strings.Contains(out, "Usage:") || errs != "" {
			t.Errorf("%v --help: exit %d, %q, %q", args, code, out, errs)
		}
	}
}

func TestNormalizeLineByLine(t *testing.T) {
	out, errs, code := loalang(t, "19h30\n\n-2 độ\n[[x]] 15 hộ\n", "speech", "normalize", "--lang", "vi")
	want := []string{"mười chín giờ ba mươi phút", "", "âm hai độ", "mười lăm hộ"}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if code != 0 || errs != "" || len(lines) != len(want) {
		t.Fatalf("exit %d, %d lines, %q", code, len(lines), errs)
	}
	for i, w := range want {
		if !strings.HasSuffix(lines[i], w) {
			t.Errorf("line %d = %q, want %q", i+1, lines[i], w)
		}
	}
}

// A folder that serve made once is what the other commands work on.
func TestCommandsOnADataFolder(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	serve(t, data, "null").stop()
	run := func(stdin string, args ...string) string {
		t.Helper()
		out, errs, code := loalang(t, stdin, append(args, "--data", data)...)
		if code != 0 {
			t.Fatalf("%v: exit %d: %s", args, code, errs)
		}
		return out
	}
	if out := run(password+"\n", "user", "add", "Lù A Páo", "--role", "cadre", "--village", "un-ta", "--password-stdin"); !strings.Contains(out, "Lù A Páo") {
		t.Errorf("user add says %q", out)
	}
	if _, errs, code := loalang(t, password, "user", "add", "lù a páo", "--role", "cadre", "--password-stdin", "--data", data); code != 1 || !strings.Contains(errs, "already") {
		t.Errorf("the same name again: exit %d, %q", code, errs)
	}
	if _, errs, code := loalang(t, "ngắn", "user", "add", "Vù", "--role", "cadre", "--password-stdin", "--data", data); code == 0 || !strings.Contains(errs, "at least 8") {
		t.Errorf("a short password: exit %d, %q", code, errs)
	}
	if token := run("", "token", "add", "app", "--role", "viewer", "--expires", "30d"); !strings.HasPrefix(token, "loa_") || strings.Count(token, "\n") != 1 {
		t.Errorf("token add prints %q", token)
	}
	// A name that looks like an option, and is longer than a title may be.
	take := filepath.Join(t.TempDir(), "-i"+strings.Repeat("n", 240)+".m4a")
	if err := os.WriteFile(take, phone(t, "m4a", "-c:a", "aac").raw, 0o600); err != nil {
		t.Fatal(err)
	}
	var rec map[string]any
	if err := json.Unmarshal([]byte(run("", "recordings", "import", "--json", take)), &rec); err != nil || len(rec["id"].(string)) != 64 || rec["lufs"].(float64) > -17.7 {
		t.Errorf("import = %v, %v", rec, err)
	}
	db, err := sql.Open("sqlite3", filepath.Join(data, "loalang.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var title, origin, node string
	if err := db.QueryRow("SELECT title, origin, node.id FROM recordings, node WHERE recordings.id = ?", rec["id"]).Scan(&title, &origin, &node); err != nil {
		t.Fatal(err)
	}
	if title != "-i"+strings.Repeat("n", 197)+"…" || origin != node {
		t.Errorf("imported as %q by %q, want 200 characters by %q", title, origin, node)
	}
	if _, errs, code := loalang(t, "", "recordings", "import", "--village", "toong", take, "--data", data); code != 2 || !strings.Contains(errs, `no village "toong"`) {
		t.Errorf("import into no village: exit %d, %q", code, errs)
	}
	for _, args := range [][]string{{"plan", "--json"}, {"asrun", "--json"}} {
		var document map[string]any
		if err := json.Unmarshal([]byte(run("", args...)), &document); err != nil || document["village"] != "un-ta" {
			t.Errorf("%v = %v, %v", args, document, err)
		}
	}
	run("", "plan", "--days", "2")
	for _, c := range []struct{ args, says string }{
		{"plan --from 9999-12-31", "--from: Outside what is allowed"},
		{"plan --from 9999-12-31 --json", "--from: Outside what is allowed"},
		{"plan --from 2020-01-01", "--from: This time has passed"},
		{"plan --days 32", "--days: Outside what is allowed (1–31)"},
		{"plan --from soon", "is no time"},
		{"asrun --from 9999-12-31 --json", "--from 9999-12-31 lies more than two years ahead"},
		{"asrun --to 9999-12-31 --json", "--to 9999-12-31 lies too far ahead"},
	} {
		out, errs, code := loalang(t, "", append(strings.Fields(c.args), "--data", data)...)
		if code != 2 || out != "" || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit %d, prints %q, says %q, want %q", c.args, code, out, errs, c.says)
		}
	}
	if out := run("", "asrun", "--csv", "--from", "2026-11-01", "--to", "2026-11-30"); !strings.Contains(out, "village,due,started") {
		t.Errorf("csv = %q", out)
	}
}

// The rules of a village are shown as they can be given, and what is wrong with
// them is said, all of it.
func TestVillageRules(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	serve(t, data, "null").stop()
	set := func(args ...string) (errs string, code int) {
		t.Helper()
		out, errs, code := loalang(t, "", append([]string{"village", "set", "un-ta", "--data", data}, args...)...)
		if out != "" {
			t.Errorf("%v prints %q", args, out)
		}
		return errs, code
	}
	shown := func() string {
		t.Helper()
		out, _, _ := loalang(t, "", "village", "list", "--data", data)
		return strings.TrimSpace(out)
	}
	for given, want := range map[string]string{
		"05:00-11:30,13:30-21:00":                 "05:00-11:30,13:30-21:00",
		"mon-fri=05:00-21:00,sun=06:00-20:00":     "mon-fri=05:00-21:00,sun=06:00-20:00",
		"Mon+wed=5:00-11:30+13:30-24:00":          "mon+wed=05:00-11:30+13:30-24:00",
		"sat-mon=06:00-20:00, tue-fri=05:00-6:00": "mon+sat-sun=06:00-20:00,tue-fri=05:00-06:00",
		"mon-sun=05:00-21:00":                     "05:00-21:00",
		"always":                                  "always",
	} {
		if errs, code := set("--allowed", given); code != 0 {
			t.Errorf("--allowed %s: exit %d, %s", given, code, errs)
		}
		got := shown()
		if !strings.HasSuffix(got, "\t"+want+"\tfallback") {
			t.Errorf("--allowed %s is shown as %q, want %q", given, got, want)
		}
		if errs, code := set("--allowed", want); code != 0 || shown() != got {
			t.Errorf("what is shown cannot be given back: exit %d, %s, %q", code, errs, shown())
		}
	}
	if _, code := set("--languages", "pcc, vi"); code != 0 || !strings.Contains(shown(), "\tpcc,vi\t") {
		t.Errorf("languages: exit %d, %q", code, shown())
	}
	if errs, code := set("--name", " Luổng  Láo ", "--commune", "Cốc San"); code != 0 || !strings.Contains(shown(), "\tLuổng Láo, Cốc San\t") {
		t.Errorf("name: exit %d, %s, %q", code, errs, shown())
	}
	before := shown()
	for _, c := range []struct {
		says string
		args []string
	}{
		{"--name", []string{"--name", "--"}},
		{"earlier to later", []string{"--allowed", "21:00-05:00"}},
		{"24:00 for the end of the day", []string{"--allowed", "05:00-24:01"}},
		{"or always", []string{"--allowed", ""}},
		{"write stretches", []string{"--allowed", "mon-fri"}},
		{"weekdays such as mon-fri", []string{"--allowed", "mo=05:00-21:00"}},
		{"weekdays such as mon-fri", []string{"--allowed", "=05:00-21:00"}},
		{`the language "zz" is not known: use one of vi, pcc`, []string{"--languages", "zz"}},
		{"use one of vi, pcc", []string{"--languages", ""}},
		{`"vi" is there twice`, []string{"--languages", "vi,pcc,vi"}},
		{`the language "zz" is not known`, []string{"--allowed", "5-21", "--languages", "zz"}},
		{"write stretches", []string{"--allowed", "5-21", "--languages", "zz"}},
		{"--allowed, --languages, --missing, --pause, --volume or --board", nil},
	} {
		if errs, code := set(c.args...); code != 2 || !strings.Contains(errs, c.says) {
			t.Errorf("%q: exit %d, %q, want %q", c.args, code, errs, c.says)
		}
	}
	if shown() != before {
		t.Errorf("a wrong rule changed the village: %q", shown())
	}
}

// Files that are no sound are refused, each with a sentence, and the good ones
// beside them are taken.
func TestImportRefuses(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data, dir := t.TempDir(), t.TempDir()
	serve(t, data, "null").stop()
	write := func(name string, raw []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := phone(t, "m4a", "-c:a", "aac").raw
	_, errs, code := loalang(t, "", "recordings", "import", "--data", data,
		write("rong.mp3", nil), write("danh-sach.m4a", []byte("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")),
		write("cut.m4a", good[:200]), write("good.wav", good), write("chu.txt", []byte("xin chào")))
	if code != 1 {
		t.Errorf("exit %d, want 1", code)
	}
	if _, errs, code := loalang(t, "", "recordings", "import", "--data", data, filepath.Join(dir, "khong-co.mp3")); code != 1 || !strings.Contains(errs, "khong-co.mp3: there is no such file: look at its name") {
		t.Errorf("no file: exit %d, %q", code, errs)
	}
	for _, name := range []string{"rong.mp3", "danh-sach.m4a", "cut.m4a", "chu.txt"} {
		if !strings.Contains(errs, name) {
			t.Errorf("%q says nothing of %s", errs, name)
		}
	}
	if strings.Contains(errs, "good.wav") {
		t.Errorf("the mislabelled but good file was refused: %s", errs)
	}
}

func TestBusyPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, errs, code := loalang(t, "", "serve", "--data", t.TempDir(), "--device", "null", "--listen", l.Addr().String())
	if code != 1 || !strings.Contains(errs, "is in use") || !strings.Contains(errs, "--listen") {
		t.Errorf("exit %d, %q", code, errs)
	}
}

func TestSecondServeOnOneFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	serve(t, data, "null")
	_, errs, code := loalang(t, "", "serve", "--data", data, "--device", "null", "--listen", "127.0.0.1:0")
	if code != 1 || !strings.Contains(errs, "another loalang serve") {
		t.Errorf("exit %d, %q", code, errs)
	}
}

// Data that a newer version has written, and that this one must not touch, keep the board
// neither from starting nor from an emergency: it says which version to install.
func TestNewerDataFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	token := d.token
	d.stop()
	db, err := sql.Open("sqlite3", filepath.Join(data, "loalang.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied, tstamp) VALUES (99999, 1, 0); PRAGMA user_version = 99999"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(data, "loalang.db"))
	if err != nil {
		t.Fatal(err)
	}
	d = start(t, data, "null", quick...)
	d.token = token
	if status, text := d.page("/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(text, "database-newer") {
		t.Errorf("/readyz = %d %s", status, text)
	}
	d.alarms()
	if out, errs, code := loalang(t, "", "doctor", "--lang", "en", "--data", data); code != 2 || !strings.Contains(out, "FAIL database: a newer version") || !strings.Contains(out, "Install that newer version") {
		t.Errorf("loalang doctor = %d: %s%s", code, out, errs)
	}
	if _, errs, code := loalang(t, "", "plan", "--data", data); code != 1 || !strings.Contains(errs, "newer version") {
		t.Errorf("loalang plan = %d: %s", code, errs)
	}
	d.stop()
	if out, errs, code := loalang(t, "", "doctor", "--lang", "en", "--data", data); code != 2 || !strings.Contains(out, "FAIL database: a newer version") {
		t.Errorf("loalang doctor without serve = %d: %s%s", code, out, errs)
	}
	for _, more := range [][]string{nil, {"--always"}} { // it knew not all of the tables, and left out the rest
		if out, errs, code := loalang(t, "", append([]string{"data", "repair", "--data", data}, more...)...); code != 1 || !strings.Contains(errs, "newer version") {
			t.Errorf("loalang data repair %v = %d: %s%s", more, code, out, errs)
		}
	}
	after, err := os.ReadFile(filepath.Join(data, "loalang.db"))
	if err != nil || string(before) != string(after) {
		t.Errorf("the newer data were touched (%v)", err)
	}
}

// Without espeak-ng and ffmpeg serve starts all the same, and each command says
// what to install.
func TestMissingPrograms(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	data := t.TempDir()
	serve(t, data, "null").stop()
	bare := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(exe, args...)
		cmd.Env = append(os.Environ(), "PATH="+empty)
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Errorf("%v succeeds without the program", args)
		}
		return string(out)
	}
	if says := bare("say", "-o", filepath.Join(empty, "x.wav"), "xin chào"); !strings.Contains(says, "apt-get install espeak-ng") {
		t.Errorf("say says %q", says)
	}
	wav := filepath.Join(empty, "x.wav")
	raw := make([]byte, 44+96000)
	copy(raw, "RIFF\x24\x77\x01\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\xbb\x00\x00\x00\x77\x01\x00\x02\x00\x10\x00data\x00\x77\x01\x00")
	if err := os.WriteFile(wav, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if says := bare("recordings", "import", wav, "--data", data); !strings.Contains(says, "ffmpeg") && !strings.Contains(says, "bubblewrap") {
		t.Errorf("import says %q", says)
	}
	if says := bare("doctor", "--data", data); !strings.Contains(says, "apt-get install espeak-ng") || !strings.Contains(says, "apt-get install ffmpeg bubblewrap") {
		t.Errorf("doctor says %q", says)
	}
}

// A file device that cannot be written is a mistyped path, not a card that may
// come back: serve says so and ends.
func TestServeRefusesAFileDeviceThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ path, says string }{
		"NoFolder": {filepath.Join(dir, "not", "there", "air.wav"), "folder does not exist"},
		"AFolder":  {dir, "no ordinary file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs, code := loalang(t, "", "serve", "--data", t.TempDir(), "--device", "file:"+c.path, "--listen", "127.0.0.1:0")
			if code != 1 || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d, %q; want 1 and %q", code, errs, c.says)
			}
		})
	}
}
