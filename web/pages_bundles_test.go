package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
	"loalang/web"
)

const (
	// boardPrint is the fingerprint of a board that the world trusts.
	boardPrint = "0123-4567-89ab-cdef-0123-4567-89ab-cdef"
	// lookedDigest names what the world has looked at.
	lookedDigest = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
)

// parcels is what the world knows of bundles.
type parcels struct {
	bundles web.Bundles
	orders  []web.BundleOrder
	trusted []string // "+" or "-" and a fingerprint
	fails   error
	whole   error // how a bundle as one file ends
}

// lookedAt is a bundle that was looked at.
func lookedAt() web.BundleResult {
	return web.BundleResult{Deed: web.LookAtBundle, Name: "bundle-un-ta", Board: "Máy xã", Seen: lookedDigest, Lines: []web.BundleLine{
		{Deed: "new", Kind: "notice", What: "Họp thôn", Text: "Kính mời bà con", Class: "priority", Airs: []scheduler.Schedule{{Kind: scheduler.Slots, Slots: []string{"khong-co"}, Days: 127}}},
		{Deed: "change", Kind: "notice", What: "Tiêm phòng", Why: "no-slot"},
		{Deed: "keep", Kind: "notice", What: "Dọn đường", Why: "edited"},
		{Deed: "same", Kind: "word", What: "UBND"},
	}}
}

func (w *world) Bundles() web.Bundles {
	b := w.parcels.bundles
	if b.Last.Deed == "" {
		b.Last = lookedAt()
		b.Last.Ended = w.now
	}
	return b
}

func (w *world) Carry(o web.BundleOrder) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parcels.orders = append(w.parcels.orders, o)
	return w.parcels.fails
}

func (w *world) WriteBundle(_ context.Context, to io.Writer) error {
	if w.parcels.whole != nil {
		return w.parcels.whole
	}
	_, err := io.WriteString(to, "gói")
	return err
}

func (w *world) TrustBoard(fingerprint, name string) (web.TrustedBoard, error) {
	if strings.ContainsAny(fingerprint, "xyz") || fingerprint == "" {
		return web.TrustedBoard{}, web.ErrFingerprint
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parcels.trusted = append(w.parcels.trusted, "+"+fingerprint)
	return web.TrustedBoard{Fingerprint: fingerprint, Name: name, Since: w.now}, w.parcels.fails
}

func (w *world) DistrustBoard(fingerprint string) (web.TrustedBoard, error) {
	if strings.Contains(fingerprint, "x") {
		return web.TrustedBoard{}, web.ErrFingerprint
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parcels.trusted = append(w.parcels.trusted, "-"+fingerprint)
	return web.TrustedBoard{Fingerprint: fingerprint, Name: "Máy xã"}, w.parcels.fails
}

// lain is a bundle on the stick.
func lain(w *world, change func(f *web.FoundBundle)) web.FoundBundle {
	f := web.FoundBundle{Name: "bundle-un-ta", Board: "Máy xã", Village: "un-ta", Fingerprint: boardPrint, Made: w.now.Add(-time.Hour), Bytes: 3 << 20, Trusted: true, Here: true}
	change(&f)
	return f
}

func TestBundlesPage(t *testing.T) {
	print := strings.ReplaceAll(boardPrint, "-", " ")
	nothing := web.BundleResult{Deed: web.ExportBundle, Bytes: 5 << 20}
	cases := []struct {
		name  string
		scene func(w *world, b *web.Bundles)
		want  []string
		not   string
	}{
		{"no stick", func(_ *world, b *web.Bundles) { b.Last = nothing }, []string{"Chưa thấy USB", "Chưa nhận gói của máy nào", "Tải về một tệp"}, "/bundles/export"},
		{"an empty stick", func(_ *world, b *web.Bundles) { b.Stick, b.Last = true, nothing }, []string{"Trên USB chưa có gói nào", `class="btn" type="submit"`, "Chép ra USB"}, "/bundles/look"},
		{"exported", func(_ *world, b *web.Bundles) { b.Last = nothing }, []string{"Đã chép ra USB", "5 MB", "Có thể rút USB"}, "/bundles/take"},
		{"an unknown board", func(w *world, b *web.Bundles) {
			b.Stick, b.Last, b.Found = true, nothing, []web.FoundBundle{lain(w, func(f *web.FoundBundle) { f.Trusted = false })}
		}, []string{"Máy lạ, chưa nhận", print, "Gọi điện", `value="` + boardPrint + `"`}, "/bundles/look"},
		{"of another village", func(w *world, b *web.Bundles) {
			b.Stick, b.Last, b.Found = true, nothing, []web.FoundBundle{lain(w, func(f *web.FoundBundle) { f.Here, f.Village = false, "ta-van" })}
		}, []string{"thôn khác (ta-van)"}, "/bundles/look"},
		{"its own", func(w *world, b *web.Bundles) {
			b.Stick, b.Last, b.Found = true, nothing, []web.FoundBundle{lain(w, func(f *web.FoundBundle) { f.Own = true })}
		}, []string{"Chính máy này làm ra"}, "/bundles/look"},
		{"to look at", func(w *world, b *web.Bundles) {
			b.Stick, b.Last, b.Found = true, nothing, []web.FoundBundle{lain(w, func(*web.FoundBundle) {})}
		}, []string{"Máy được nhận", "/bundles/look", "3 MB"}, "Máy lạ"},
		{"looked at", func(*world, *web.Bundles) {}, []string{"2 mục sẽ mới, đổi hoặc thôi phát", "Chưa lưu gì cả", "Nhận 2 mục", "Họp thôn", "Kính mời bà con", "Ưu tiên", "buổi không còn nữa", "bỏ một giờ phát", "đã sửa ở máy này", "Từ: UBND", lookedDigest}, "ghê"},
		{"what ends", func(w *world, b *web.Bundles) {
			b.Last = lookedAt()
			b.Last.Lines = append(b.Last.Lines[2:], web.BundleLine{Deed: "withdraw", Kind: "notice", What: "Mưa lũ", Why: "over", Ends: []scheduler.Schedule{{Kind: scheduler.Once, At: w.now.Add(time.Hour)}}})
		}, []string{"Mưa lũ", "Thôi phát theo gói", "Thôi phát: ", "đã hết hiệu lực ở máy kia", "Nhận 1 mục"}, "ghê"},
		{"nothing new", func(_ *world, b *web.Bundles) {
			b.Last = lookedAt()
			b.Last.Lines = b.Last.Lines[2:]
		}, []string{"không có gì mới"}, "/bundles/take"},
		{"taken", func(_ *world, b *web.Bundles) { b.Last = lookedAt(); b.Last.Deed = web.TakeBundle }, []string{"Đã nhận gói", "2 mục"}, "/bundles/take"},
		{"running", func(w *world, b *web.Bundles) { b.Running, b.Stick = web.LookAtBundle, true }, []string{"Đang đọc gói", "Xem đã xong chưa", "Xin đợi xong"}, "/bundles/export"},
		{"backing up", func(_ *world, b *web.Bundles) { b.Busy = true }, []string{"Xin đợi xong"}, "/bundles/file"},
		{"trusted", func(w *world, b *web.Bundles) {
			b.Last, b.Fingerprint, b.Boards = nothing, boardPrint, []web.TrustedBoard{{Fingerprint: boardPrint, Name: "Máy huyện", Since: w.now}}
		}, []string{"Máy huyện", print, "Thôi nhận gói"}, "Chưa nhận gói của máy nào"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			c.scene(w, &w.parcels.bundles)
			for _, lang := range []string{"vi", "en"} {
				p := newSite(t, w, people.Admin, lang).get("/bundles")
				p.checkForm(t, lang)
				for _, want := range c.want {
					if lang == "vi" && !strings.Contains(p.text, want) && !strings.Contains(p.body, want) {
						t.Errorf("%q is not on the page: %s", want, p.text)
					}
				}
				if strings.Contains(p.body, c.not) {
					t.Errorf("%q is on the page", c.not)
				}
				if n := strings.Count(p.body, `class="btn"`); n > 1 {
					t.Errorf("%d main buttons", n)
				}
			}
		})
	}
}

// Whatever goes wrong with a bundle has a sentence in both languages.
func TestBundleFaults(t *testing.T) {
	for _, code := range []string{"changed", "cut-short", "damaged", "failed", "forged", "hangs", "newer", "no-room", "not-there", "occupied", "other", "read-only", "untrusted", "village"} {
		for _, lang := range []string{"vi", "en"} {
			w := newWorld(t)
			w.parcels.bundles.Last = web.BundleResult{Deed: web.LookAtBundle, Code: code, Ended: w.now}
			said := wordsOf(t, lang)["bundle-fault."+code]
			if p := newSite(t, w, people.Admin, lang).get("/bundles"); said == "" || !strings.Contains(p.text, strings.TrimPrefix(said, "{0}")) {
				t.Errorf("%s in %s: %s", code, lang, p.text)
			}
		}
	}
}

func TestCarryBundles(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Admin, "vi")
	look, take := url.Values{"name": {"bundle-un-ta"}}, url.Values{"name": {"bundle-un-ta"}, "seen": {lookedDigest}}
	cases := []struct {
		path  string
		form  url.Values
		fails error
		told  string
	}{
		{"/bundles/export", nil, nil, "bundle-export"},
		{"/bundles/look", look, nil, "bundle-look"},
		{"/bundles/take", take, nil, "bundle-take"},
		{"/bundles/take", look, nil, "bundle-look-first"},
		{"/bundles/take", url.Values{"name": {"bundle-khac"}, "seen": {lookedDigest}}, nil, "bundle-look-first"},
		{"/bundles/take", url.Values{"name": {"bundle-un-ta"}, "seen": {strings.Repeat("0", 32)}}, nil, "bundle-look-first"},
		{"/bundles/export", nil, web.ErrNoStick, "bundle-no-stick"},
		{"/bundles/export", nil, web.ErrSilentStick, "bundle-silent"},
		{"/bundles/look", look, web.ErrBusyKeeping, "bundle-busy"},
		{"/bundles/look", look, fs.ErrNotExist, "bundle-gone"},
	}
	for _, c := range cases {
		w.parcels.fails = c.fails
		p := s.post(c.path, c.form)
		if p.location != "/bundles?told="+c.told {
			t.Errorf("%s %v, %v: %d to %q", c.path, c.form, c.fails, p.status, p.location)
		}
		if said := wordsOf(t, "vi")["told."+c.told]; said == "" || !strings.Contains(s.get(p.location).text, said) {
			t.Errorf("%s is not told", c.told)
		}
	}
	taken := slices.DeleteFunc(w.parcels.orders, func(o web.BundleOrder) bool { return o.Deed != web.TakeBundle })
	if len(taken) != 1 || taken[0].Seen != lookedDigest {
		t.Errorf("taken in: %+v", taken)
	}
	if n := len(w.changes); n != 2 || w.changes[0].Kind != "bundles" {
		t.Errorf("the history has %d: %+v", n, w.changes)
	}
	w.parcels.fails = errors.New("no")
	if p := s.post("/bundles/look", look); p.status != http.StatusServiceUnavailable {
		t.Errorf("it fails with %d", p.status)
	}
}

func TestBoardsThatAreTrusted(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Admin, "vi")
	if p := s.post("/bundles/boards", url.Values{"fingerprint": {boardPrint}, "name": {" Máy xã "}}); p.location != "/bundles?told=bundle-trusted" {
		t.Errorf("%d to %q", p.status, p.location)
	}
	p := s.post("/bundles/boards", url.Values{"fingerprint": {"xyz"}, "name": {"Máy xã"}})
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "8 nhóm") || !strings.Contains(p.body, `value="xyz"`) || !strings.Contains(p.body, `value="Máy xã"`) {
		t.Errorf("what is no fingerprint: %d %s", p.status, p.text)
	}
	if p := s.post("/bundles/boards/remove", url.Values{"fingerprint": {boardPrint}}); p.location != "/bundles?told=bundle-distrusted" {
		t.Errorf("%d to %q", p.status, p.location)
	}
	if got := fmt.Sprint(w.parcels.trusted); got != "[+"+boardPrint+" -"+boardPrint+"]" {
		t.Errorf("done: %s", got)
	}
	if len(w.changes) != 2 || w.changes[0].Kind != "bundles" || w.changes[0].Fields[0].Name != "trusted" {
		t.Errorf("the history has %+v", w.changes)
	}
	h := newHouse(t)
	h.call("admin", "PUT", "/api/v1/bundles/boards/xyz", `{"name":"x"}`).want(422)
	h.call("admin", "DELETE", "/api/v1/bundles/boards/xyz", "").want(422)
}

// TestDistrustingABoardIsUndone: one press, and the same board under the same name is
// trusted again.
func TestDistrustingABoardIsUndone(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Admin, "vi", func(c *web.Config) { c.Diary = &moveDiary{w} })
	p := s.post("/bundles/boards/remove", url.Values{"fingerprint": {boardPrint}})
	if p.location != "/bundles?told=bundle-distrusted&undo=1" {
		t.Fatalf("%d to %q", p.status, p.location)
	}
	if p = s.get(p.location); !strings.Contains(p.body, `action="/undo"`) || !strings.Contains(p.text, "Hoàn tác") {
		t.Errorf("nothing is offered: %s", p.text)
	}
	if p = s.get("/history?kind=bundles"); !strings.Contains(p.body, `action="/undo"`) {
		t.Errorf("the history offers nothing: %s", p.text)
	}
	w.parcels.trusted = nil
	if p := newSite(t, w, people.Officer, "vi").post("/undo", url.Values{"entry": {"1"}}); p.status != http.StatusForbidden || len(w.parcels.trusted) > 0 {
		t.Errorf("an officer: %d to %q, done: %v", p.status, p.location, w.parcels.trusted)
	}
	w.role = people.Admin
	if p = s.post("/undo", url.Values{"entry": {"1"}}); p.location != "/bundles?told=undone" || fmt.Sprint(w.parcels.trusted) != "[+"+boardPrint+"]" {
		t.Errorf("%d to %q, done: %v", p.status, p.location, w.parcels.trusted)
	}
	if c := w.changes[0]; c.Record != boardPrint || c.Fields[0].After != "Máy xã" {
		t.Errorf("it is trusted again as %+v", c)
	}
	w.parcels.bundles.Boards = []web.TrustedBoard{{Fingerprint: boardPrint, Name: "Máy xã"}}
	if p := s.post("/undo", url.Values{"entry": {"1"}}); p.status != http.StatusConflict {
		t.Errorf("twice: %d to %q", p.status, p.location)
	}
	var d moveDiary
	h := newHouse(t, func(c *web.Config) { c.Diary = &d })
	d.w = h.w
	undo := h.call("admin", "DELETE", "/api/v1/bundles/boards/"+boardPrint, "").want(204).Header.Get("Undo")
	if undo != "/api/v1/history/1/undo" {
		t.Fatalf("DELETE names %q", undo)
	}
	h.call("officer", "POST", undo, "").want(403)
	h.call("admin", "POST", undo, "").want(200)
	if got := fmt.Sprint(h.w.parcels.trusted); got != "[-"+boardPrint+" +"+boardPrint+"]" {
		t.Errorf("done: %s", got)
	}
}

func TestTakeABundleAway(t *testing.T) {
	h := newHouse(t)
	if a := h.call("admin", "GET", "/api/v1/bundles/file", "").want(200); string(a.Body) != "gói" || !strings.HasSuffix(a.Header.Get("Content-Disposition"), `.loabundle.tar"`) {
		t.Errorf("%q, %v", a.Body, a.Header)
	}
	if len(h.w.changes) != 1 || h.w.changes[0].Kind != "bundles" {
		t.Errorf("the history says %+v", h.w.changes)
	}
	h.call("officer", "GET", "/api/v1/bundles/file", "").want(403)
	h.w.parcels.whole = web.ErrBusyKeeping
	h.call("admin", "GET", "/api/v1/bundles/file", "").want(409)
	var listed struct {
		Last struct {
			Deed, Seen string
			Lines      []web.BundleLine
		}
	}
	if err := json.Unmarshal(h.call("admin", "GET", "/api/v1/bundles", "").want(200).Body, &listed); err != nil || listed.Last.Seen != lookedDigest || len(listed.Last.Lines) != 4 {
		t.Errorf("listed %+v: %v", listed, err)
	}
	h.call("admin", "POST", "/api/v1/bundles/take", `{"name":"bundle-un-ta","seen":"x"}`).want(409)
}
