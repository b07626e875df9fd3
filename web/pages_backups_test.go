package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"loalang/people"
	"loalang/web"
)

// keptBackup is the one that the world keeps.
const keptBackup = "loalang-un-ta-9f8e7d6c-20261123-020000Z.loalang.tar"

// upkept is what the world knows of its data.
type upkept struct {
	backups web.Backups
	ills    []web.Ill
	asked   int
	busy    error
	whole   error // how a whole backup ends
}

func (w *world) Backups() web.Backups { return w.upkept.backups }
func (w *world) Ills() []web.Ill      { return w.upkept.ills }

func (w *world) BackUp() error {
	w.upkept.asked++
	return w.upkept.busy
}

func (w *world) OpenBackup(name string) (*os.File, error) {
	if name != keptBackup {
		return nil, fs.ErrNotExist
	}
	dir, err := os.MkdirTemp("", "backup-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("sao lưu"), 0o600); err != nil {
		return nil, err
	}
	return os.Open(path)
}

func (w *world) WriteBackup(_ context.Context, to io.Writer) error {
	if w.upkept.whole != nil {
		return w.upkept.whole
	}
	_, err := io.WriteString(to, "trọn bộ")
	return err
}

func TestBackupsPage(t *testing.T) {
	at := func(w *world) time.Time { return w.now.Add(-14 * time.Hour) }
	cases := []struct {
		name  string
		scene func(w *world)
		want  []string
	}{
		{"never", func(*world) {}, []string{"Chưa sao lưu lần nào", "Sao lưu ngay", "Chưa có bản nào", "chưa có USB"}},
		{"on the card", func(w *world) {
			w.upkept.backups = web.Backups{Last: at(w), Whole: 34 << 20, Kept: []web.Backup{{Name: keptBackup, Made: at(w), Bytes: 3 << 20}}}
		}, []string{"Đã sao lưu", "trên thẻ nhớ của máy", "/api/v1/backups/" + keptBackup, "khoảng 34 MB", "3 MB"}},
		{"on a stick", func(w *world) {
			w.upkept.backups = web.Backups{Last: at(w), OnStick: true, Stick: true, Kept: []web.Backup{{Name: keptBackup, Made: at(w), Stick: true}}}
		}, []string{"trên USB", "vào USB đang cắm"}},
		{"of another board", func(w *world) {
			w.upkept.backups = web.Backups{Last: at(w), Kept: []web.Backup{{Name: keptBackup, Made: at(w), Bytes: 3 << 20, Stick: true, Other: true}}}
		}, []string{"3 MB, trên USB, bản ghi nằm cạnh đó; của máy khác", "/api/v1/backups/" + keptBackup}},
		{"being made", func(w *world) { w.upkept.backups = web.Backups{Running: true} }, []string{"Loa vẫn phát như thường", "Xem đã xong chưa"}},
		{"no room", func(w *world) { w.upkept.backups = web.Backups{Last: at(w), Failed: w.now, Code: "no-room"} }, []string{"vì hết chỗ"}},
		{"read-only", func(w *world) { w.upkept.backups = web.Backups{Failed: w.now, Code: "read-only"} }, []string{"không cho ghi"}},
		{"damaged database", func(w *world) { w.upkept.backups = web.Backups{Failed: w.now, Code: "damaged"} }, []string{"kho dữ liệu bị hỏng"}},
		{"read back wrong", func(w *world) { w.upkept.backups = web.Backups{Failed: w.now, Code: "unreadable"} }, []string{"đọc lại không đúng"}},
		{"its own card", func(w *world) { w.upkept.backups = web.Backups{Failed: w.now, Code: "card"} }, []string{"thay thẻ nhớ", "USB không có lỗi"}},
		{"pulled out", func(w *world) { w.upkept.backups = web.Backups{Failed: w.now, Code: "gone"} }, []string{"bị rút ra"}},
		{"hangs", func(w *world) { w.upkept.backups = web.Backups{Last: at(w), Failed: w.now, Code: "hangs"} }, []string{"không trả lời nữa"}},
		{"failed", func(w *world) { w.upkept.backups = web.Backups{Failed: w.now, Code: "failed"} }, []string{"nếu vẫn lỗi"}},
		{"not whole", func(w *world) { w.upkept.backups = web.Backups{Last: at(w), Damaged: 2} }, []string{"2 bản ghi không nguyên vẹn"}},
		{"on a stick that does not answer", func(w *world) { w.upkept.backups = web.Backups{Silent: true} }, []string{"USB không trả lời"}},
		{"off", func(w *world) { w.upkept.backups = web.Backups{Off: true} }, []string{"đang tắt"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			c.scene(w)
			p := newSite(t, w, people.Admin, "vi").get("/backups")
			p.checkForm(t, "vi")
			for _, want := range c.want {
				if !strings.Contains(p.text, want) && !strings.Contains(p.body, want) {
					t.Errorf("%q is not on the page: %s", want, p.text)
				}
			}
		})
	}
}

func TestBackUpNow(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Admin, "vi")
	for _, busy := range []error{nil, web.ErrBackingUp} {
		w.upkept.busy = busy
		if p := s.post("/backups", nil); p.location != "/backups?told=backup" {
			t.Errorf("%v: %d to %q", busy, p.status, p.location)
		}
	}
	if w.upkept.asked != 2 {
		t.Errorf("asked %d times", w.upkept.asked)
	}
	if p := newSite(t, w, people.Officer, "vi").get("/backups"); p.status != http.StatusForbidden {
		t.Errorf("an officer: %d", p.status)
	}
}

// While the nightly look through the recordings, a download or a bundle held the data, "Back
// up now" answered that a backup is being made, and so did the page; none was, nor was one to be.
func TestBusyOtherwiseIsNoBackup(t *testing.T) {
	for lang, want := range map[string][2]string{
		"vi": {"chưa sao lưu. Xin bấm lại sau", "Máy đang bận việc khác với dữ liệu nên lúc này chưa sao lưu được"},
		"en": {"press again later", "cannot be backed up just now"},
	} {
		w := newWorld(t)
		w.upkept.backups, w.upkept.busy = web.Backups{Last: w.now.Add(-14 * time.Hour), Busy: true}, web.ErrBusyKeeping
		s := newSite(t, w, people.Admin, lang)
		p := s.post("/backups", nil)
		if p.location != "/backups?told=backup-busy" {
			t.Fatalf("%s: %d to %q", lang, p.status, p.location)
		}
		p = s.get(p.location)
		for _, says := range want {
			if !strings.Contains(p.text, says) {
				t.Errorf("it does not say %q: %s", says, p.text)
			}
		}
		if strings.Contains(p.text, wordsOf(t, lang)["backups.running"]) || strings.Contains(p.body, "/backups/whole") || strings.Contains(p.body, `action="/backups"`) {
			t.Errorf("%s: it offers what is refused, or tells of a backup: %s", lang, p.text)
		}
	}
}

// Whatever is wrong with the data has a sentence in both languages that says what to do;
// what keeps the board from saving stands on every page.
func TestIllsOfTheData(t *testing.T) {
	everywhere := []web.Ill{web.MissingDisk, web.ReadOnlyDisk, web.FullDisk, web.NoInodes}
	for _, ill := range append(everywhere, web.DamagedSound, web.NoRecentBackup, web.BackupFailed, web.BadStick, web.BackupOnDataOnly) {
		for _, lang := range []string{"vi", "en"} {
			w := newWorld(t)
			w.fill()
			w.upkept.ills = []web.Ill{ill}
			s := newSite(t, w, people.Admin, lang)
			if p := s.get("/"); strings.Contains(p.text, "ill."+string(ill)) || !strings.Contains(p.text, wordsOf(t, lang)["ill."+string(ill)]) {
				t.Errorf("%s in %s is not on the first page", ill, lang)
			}
			p := s.get("/slots")
			if said := strings.Contains(p.text, wordsOf(t, lang)["ill."+string(ill)]); said != contains(everywhere, ill) {
				t.Errorf("%s in %s on another page: %v", ill, lang, said)
			}
		}
	}
}

func contains(list []web.Ill, ill web.Ill) bool {
	for _, one := range list {
		if one == ill {
			return true
		}
	}
	return false
}

func TestTakeABackupAway(t *testing.T) {
	h := newHouse(t)
	if a := h.call("admin", "GET", "/api/v1/backups/"+keptBackup, "").want(200); string(a.Body) != "sao lưu" || !strings.Contains(a.Header.Get("Content-Disposition"), keptBackup) {
		t.Errorf("%q, %v", a.Body, a.Header)
	}
	if a := h.call("admin", "GET", "/api/v1/backups/whole", "").want(200); string(a.Body) != "trọn bộ" || !strings.HasSuffix(a.Header.Get("Content-Disposition"), `.loalang.tar"`) {
		t.Errorf("%q, %v", a.Body, a.Header)
	}
	if len(h.w.changes) != 2 || h.w.changes[0].Kind != "backups" {
		t.Errorf("the history says %+v", h.w.changes)
	}
	h.call("admin", "GET", "/api/v1/backups/loalang.db", "").want(404)
	h.call("elsewhere", "GET", "/api/v1/backups/"+keptBackup, "").want(403)
	h.call("officer", "GET", "/api/v1/backups/whole", "").want(403)
	h.w.upkept.whole = web.ErrBusyKeeping
	h.call("admin", "GET", "/api/v1/backups/whole", "").want(409)
	h.w.upkept.whole = errors.New("no")
	h.call("admin", "GET", "/api/v1/backups/whole", "").want(503)
}

// noDiary takes nothing in.
type noDiary func(ctx context.Context) error

func (d noDiary) Note(ctx context.Context, _ people.Change) error { return d(ctx) }

// TestADyingBoardHandsItsBackupsOut: when the card or the database dies the history takes
// nothing in, and the backups are what is left. The log says who took them.
func TestADyingBoardHandsItsBackupsOut(t *testing.T) {
	dying := map[string]noDiary{
		"damaged":   func(context.Context) error { return fmt.Errorf("note: %w", syscall.EUCLEAN) },
		"read-only": func(context.Context) error { return syscall.EROFS },
		"hangs":     func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	}
	for name, diary := range dying {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, func(c *web.Config) { c.Diary = diary })
				for path, want := range map[string]string{"backups/" + keptBackup: "sao lưu", "backups/whole": "trọn bộ", "bundles/file": "gói"} {
					h.told.Reset()
					if a := h.call("admin", "GET", "/api/v1/"+path, "").want(200); string(a.Body) != want {
						t.Errorf("%s: %q", path, a.Body)
					}
					if said := h.log(); !strings.Contains(said, "level=WARN") || !strings.Contains(said, `by="máy admin"`) || !strings.Contains(said, "fields=[taken]") {
						t.Errorf("%s: the log does not say who took it: %s", path, said)
					}
				}
				h.call("admin", "PUT", "/api/v1/bundles/boards/"+boardPrint, `{"name":"Máy xã"}`).want(204)
			})
		})
	}
}

// TestWhoTookABackupIsNotHidden: by whatever part of it somebody begins, the history has
// it once, and whoever administers the village sees it.
func TestWhoTookABackupIsNotHidden(t *testing.T) {
	h := newHouse(t)
	h.as["village"] = h.people.add(people.Token{Name: "máy thôn", Role: people.Admin, Village: "un-ta"})
	take := func(as, part string) {
		t.Helper()
		h.do(ask{as: as, method: "GET", path: "/api/v1/backups/" + keptBackup, header: map[string]string{"Range": part}}).want(206)
	}
	take("admin", "bytes=0-")
	take("admin", "bytes=3-") // it goes on
	if len(h.w.changes) != 1 || h.w.changes[0].Village != "un-ta" || h.w.changes[0].Actor.Name != "máy admin" {
		t.Errorf("the history says %+v", h.w.changes)
	}
	take("village", "bytes=1-")
	h.call("village", "GET", "/api/v1/bundles/file", "").want(200)
	if len(h.w.changes) != 3 || h.w.changes[1].Actor.Name != "máy thôn" {
		t.Errorf("the history says %+v", h.w.changes)
	}
	for _, path := range []string{"/api/v1/audit", "/api/v1/audit?kind=backups", "/api/v1/history?kind=backups"} {
		if body := string(h.call("village", "GET", path, "").want(200).Body); strings.Count(body, `"backups"`) != 2 {
			t.Errorf("%s: %s", path, body)
		}
	}
	s := newSite(t, h.w, people.Admin, "vi")
	for path, want := range map[string]string{
		"/audit": "đã tải bản sao lưu về", "/audit?kind=backups": "đã tải bản sao lưu về", "/audit?kind=bundles": "đã mang gói bản tin đi",
		"/history?kind=backups": "đã tải bản sao lưu về", "/history?kind=bundles": "đã mang gói bản tin đi",
	} {
		kind := path[strings.LastIndex(path, "=")+1:]
		if p := s.get(path); !strings.Contains(p.text, want) || kind != path && !strings.Contains(p.body, `value="`+kind+`" selected`) {
			t.Errorf("%s does not say who took what: %s", path, p.text)
		}
	}
}

// TestNothingIsOfferedThatIsRefused: while the board looks after its data a sentence
// stands where the download was.
func TestNothingIsOfferedThatIsRefused(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Admin, "vi")
	for _, running := range []bool{false, true} {
		w.upkept.backups.Running = running
		p := s.get("/backups")
		if offered, said := strings.Contains(p.body, "/backups/whole"), strings.Contains(p.text, "Xin đợi xong"); offered == running || said != running {
			t.Errorf("running %v: offered %v, said %v", running, offered, said)
		}
	}
}

// hoarder makes backups that have no end.
type hoarder struct {
	*world
	pieces int
	took   chan time.Duration
}

func (e hoarder) WriteBackup(_ context.Context, to io.Writer) error {
	began := time.Now()
	for range e.pieces {
		if _, err := to.Write(make([]byte, 32<<10)); err != nil {
			e.took <- time.Since(began)
			return err
		}
	}
	e.took <- time.Since(began)
	return nil
}

// TestAReaderThatStandsStillHoldsNothingUp: nothing else is done for the board's data
// while they are sent, so that whoever takes nothing is let go; who is slow is not.
func TestAReaderThatStandsStillHoldsNothingUp(t *testing.T) {
	cases := []struct {
		name        string
		pieces      int
		pause       time.Duration // between pieces that are read; 0: none is
		least, most time.Duration
		whole       bool
	}{
		{"slow", 100, time.Minute, time.Hour, 2 * time.Hour, true},
		{"stands still", 100, 0, time.Minute, 3 * time.Minute, false},
		{"without end", 10000, time.Minute, 5 * time.Hour, 6*time.Hour + time.Minute, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				took := make(chan time.Duration, 1)
				h := newHouse(t, func(k *web.Config) { k.BackupFiles = hoarder{k.BackupFiles.(*world), c.pieces, took} })
				line, stop := h.serve()
				defer stop()
				if _, err := fmt.Fprintf(line, "GET /api/v1/backups/whole HTTP/1.1\r\nHost: loa\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n", h.as["admin"]); err != nil {
					t.Fatal(err)
				}
				read := make(chan string, 1)
				go func() { read <- trickle(line, c.pause) }()
				if took := <-took; took < c.least || took > c.most {
					t.Errorf("it was sent for %v, want %v to %v", took, c.least, c.most)
				}
				if c.pause == 0 {
					line.Close()
				}
				if got := <-read; strings.HasSuffix(got, "\r\n0\r\n\r\n") != c.whole {
					t.Errorf("whole is not %v: it ends with %q", c.whole, got[max(0, len(got)-20):])
				}
			})
		})
	}
}

// trickle reads a piece at a time until the line ends, and returns the last of it; without
// a pause it reads nothing.
func trickle(line net.Conn, pause time.Duration) (last string) {
	if pause == 0 {
		return ""
	}
	piece := make([]byte, 32<<10)
	for {
		n, err := io.ReadFull(line, piece)
		last += string(piece[:n])
		last = last[max(0, len(last)-100):]
		if err != nil {
			return last
		}
		time.Sleep(pause)
	}
}

// wordsOf reads the words of a language.
func wordsOf(t *testing.T, lang string) (words map[string]string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("words", lang+".json"))
	if err == nil {
		err = json.Unmarshal(raw, &words)
	}
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// Who asked by the API was not told that the sticks do not answer, or why nothing could be begun, and had
// an empty list for an answer.
func TestTheAPITellsOfASilentStick(t *testing.T) {
	h := newHouse(t)
	for _, silent := range []bool{true, false} {
		h.w.upkept.backups = web.Backups{Silent: silent, Busy: silent}
		h.w.parcels.bundles = web.Bundles{Silent: silent, Busy: silent}
		for _, path := range []string{"/api/v1/backups", "/api/v1/bundles"} {
			var is struct{ Busy, Silent *bool }
			h.call("admin", "GET", path, "").want(200).into(&is)
			if is.Busy == nil || is.Silent == nil || *is.Busy != silent || *is.Silent != silent {
				t.Errorf("%s: %+v, want both %v", path, is, silent)
			}
		}
	}
}
