package web_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"loalang/people"
	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/web"
)

// boardTold is what the database has for the public board of a world, and the sounds.
type boardTold struct {
	w           *world
	dir         string
	emergencies []scheduler.Emergency
	mu          sync.Mutex
	made        map[string]int
	hold        chan struct{} // sounds are not made before it is closed; nil: at once
}

// bulletinSound is what every recording of a world sounds like on phones.
var bulletinSound = []byte(strings.Repeat("\xff\xf3\x44\xc4 not a note of it is heard ", 400))

func (b *boardTold) Bulletin(_ context.Context, village string, from, to time.Time, also []string) (playout.Bulletin, error) {
	out := playout.Bulletin{Announcements: map[string]scheduler.Announcement{}, Lengths: map[string]time.Duration{}}
	if err := b.w.down(); err != nil {
		return out, err
	}
	for _, r := range b.w.runs {
		if r.Village == village && !r.Due.Before(from) && r.Due.Before(to) {
			out.Runs = append(out.Runs, r)
			also = append(also, r.Announcement)
		}
	}
	for _, id := range also {
		if d, ok := b.w.notices[id]; ok {
			out.Announcements[id] = d.Announcement
		}
	}
	for _, r := range b.w.shelf {
		out.Lengths[r.ID] = r.Length
	}
	out.Emergencies = b.emergencies
	return out, nil
}

func (b *boardTold) Slim(_ context.Context, id string) (*os.File, error) {
	if b.hold != nil {
		<-b.hold
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	path := filepath.Join(b.dir, id)
	if _, err := os.Stat(path); err != nil {
		if len(id) != 64 {
			return nil, recordings.ErrNotFound
		}
		b.made[id]++
		if err := os.WriteFile(path, bulletinSound, 0o600); err != nil {
			return nil, err
		}
	}
	return os.Open(path)
}

// openBoard is a world with a public board, and a villager before it.
func openBoard(t *testing.T) (*world, *boardTold) {
	t.Helper()
	w := newWorld(t)
	w.fill()
	w.village.Publicity.Board = scheduler.BoardOn
	for i := range w.runs {
		for j := range w.runs[i].Airings {
			w.runs[i].Airings[j].Recording = takeID
		}
	}
	return w, &boardTold{w: w, dir: t.TempDir(), made: map[string]int{}}
}

func (b *boardTold) site(t *testing.T, role people.Role, lang string) *site {
	t.Helper()
	return newSite(t, b.w, role, lang, func(c *web.Config) {
		c.Bulletins, c.Slim, c.PublicKey = b, b, []byte("0123456789abcdef")
	})
}

var soundLink = regexp.MustCompile(`/bang-tin/nghe/[a-z0-9]+\.mp3`)

// A villager opens the first page and reads what was told, without a cookie, and
// without learning who wrote it or what it is called inside.
func TestBulletinIsForEverybody(t *testing.T) {
	_, b := openBoard(t)
	s := b.site(t, "", "")
	p := s.get("/")
	if p.status != http.StatusOK {
		t.Fatal(p.status, p.text)
	}
	for _, want := range []string{cattle, "Từ đêm nay trời rét đậm.", meeting, "Mỗi hộ cử 1 người dự họp.", "Đã phát lúc 05:30 và 05:33", "Sẽ phát lúc 17:01, 17:04 và 19:30; phát lại 05:30 ngày mai", "Tiếng Việt", "Chủ nhật 22/11, 1 bản tin", "Quét mã để nghe lại"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is missing in %s", want, p.text)
		}
	}
	for _, secret := range []string{"thuy", "truongthon", "bithudoan", meetingID, cattleID, takeID, takeID[:16], "0193"} {
		if strings.Contains(p.body, secret) {
			t.Errorf("%q is told to everybody", secret)
		}
	}
	if c := p.header.Get("Set-Cookie"); c != "" {
		t.Errorf("a villager gets the cookie %q", c)
	}
	if !strings.Contains(p.body, `<meta name="robots" content="noindex,nofollow">`) || !strings.Contains(p.body, `<meta name="description" content="Nghe lại`) {
		t.Error("what search engines read is missing")
	}
	if cached := s.get("/bang-tin"); cached.header.Get("Cache-Control") != "public, no-cache" || cached.header.Get("ETag") == "" {
		t.Errorf("%v", cached.header)
	}
	if n, names := firstLoad(t, s, "/"); n > 30<<10 {
		t.Errorf("%d bytes on the wire with %v", n, names)
	} else {
		t.Logf("%d bytes on the wire", n)
	}
}

func TestWhoIsSignedInGetsTheDayAtTheFirstPage(t *testing.T) {
	_, b := openBoard(t)
	s := b.site(t, people.Cadre, "vi")
	if p := s.get("/"); !strings.Contains(p.body, "data-live") {
		t.Error("the cadre's first page is the public board")
	}
	if p := s.get("/bang-tin"); p.status != http.StatusOK || strings.Contains(p.body, "data-live") {
		t.Errorf("the board: %d", p.status)
	}
}

func TestBulletinInEnglish(t *testing.T) {
	_, b := openBoard(t)
	p := b.site(t, "", "").get("/bang-tin?lang=en")
	if !strings.Contains(p.text, "Told at 05:30 and 05:33") || !strings.Contains(p.body, `href="/bang-tin/ngay/2026-11-22?lang=en"`) || !strings.Contains(p.body, `<html lang="en"`) {
		t.Error(p.text)
	}
}

// A village that has not decided, or has decided against it, shows nothing.
func TestNoBulletinWhereTheVillageHasNone(t *testing.T) {
	for _, state := range []scheduler.BoardState{scheduler.BoardUnasked, scheduler.BoardOff} {
		w, b := openBoard(t)
		w.village.Publicity.Board = state
		s := b.site(t, "", "")
		if p := s.get("/"); p.status != http.StatusSeeOther || p.location != "/sign-in" {
			t.Errorf("%q: %d to %q", state, p.status, p.location)
		}
		for _, path := range []string{"/bang-tin", "/bang-tin/now", "/bang-tin/ngay/2026-11-22", "/bang-tin/rss/vi.xml", "/bang-tin/to-dan", "/bang-tin/nghe/abc.mp3", "/api/v1/public/board", "/api/v1/public/board/2026-11-23"} {
			if p := s.get(path); p.status != http.StatusNotFound || strings.Contains(p.body, cattle) {
				t.Errorf("%q: %s answers %d", state, path, p.status)
			}
		}
	}
}

// What is withdrawn, sent back or for the loudspeakers alone vanishes from the list, the
// sound, the feed and the API within a second.
func TestWhatIsTakenBackVanishes(t *testing.T) {
	for name, take := range map[string]func(a *scheduler.Announcement){
		"withdrawn":              func(a *scheduler.Announcement) { a.Withdrawn = a.Created },
		"sent back":              func(a *scheduler.Announcement) { a.Approval.State = scheduler.Returned },
		"for loudspeakers alone": func(a *scheduler.Announcement) { a.SpeakerOnly = true },
	} {
		t.Run(name, func(t *testing.T) {
			w, b := openBoard(t)
			w.plan.Occurrences = nil
			s := b.site(t, "", "")
			link := soundLink.FindString(s.get("/bang-tin").body)
			notice := regexp.MustCompile(`<article class="tin" id="([a-z0-9]+)"`).FindStringSubmatch(s.get("/bang-tin").body)
			if link == "" || notice == nil || s.get(link).status != http.StatusOK || s.get("/bang-tin/tin/"+notice[1]).status != http.StatusOK {
				t.Fatal("there was nothing to hear")
			}
			d := w.notices[cattleID]
			take(&d.Announcement)
			w.notices[cattleID] = d
			deadline := time.Now().Add(time.Second) //nolint:forbidigo // the promise is a second
			for s.get(link).status != http.StatusNotFound && time.Now().Before(deadline) {
				time.Sleep(20 * time.Millisecond)
			}
			for _, path := range []string{"/", "/bang-tin", "/bang-tin/ngay/2026-11-22", "/bang-tin/rss/vi.xml", "/api/v1/public/board", link, "/bang-tin/tin/" + notice[1]} {
				p := s.get(path)
				if strings.Contains(p.body, cattle) || strings.Contains(p.body, link) {
					t.Errorf("%s still tells of it", path)
				}
				if strings.HasSuffix(path, ".mp3") && p.status != http.StatusNotFound {
					t.Errorf("the sound answers %d", p.status)
				}
			}
		})
	}
}

func TestOnlyWhatWasHeardIsHeardAgain(t *testing.T) {
	w, b := openBoard(t)
	w.plan.Occurrences = nil
	drill := w.ran("d", "Thử loa", w.at(23, 9, 0), "", playout.Played, "", 0)
	drill.Kind = scheduler.DrillKind
	live := w.ran("l", "Nói trực tiếp", w.at(23, 9, 0), "", playout.Played, "", 0)
	live.Kind = "live"
	silent := w.ran("s", "x", w.at(23, 9, 0), "", playout.Played, "", 0)
	silent.Airings[0].Frames = 0
	w.runs = []playout.AsRun{w.ran("m", "x", w.at(23, 5, 0), "", playout.Missed, "device", 0), w.ran("st", "x", w.at(23, 6, 0), "", playout.StoppedBy, "stopped", 0), drill, live, silent}
	for i := range w.runs {
		for j := range w.runs[i].Airings {
			w.runs[i].Airings[j].Recording = takeID
		}
	}
	if p := b.site(t, "", "").get("/bang-tin"); !strings.Contains(p.text, "Hôm nay chưa có bản tin") || soundLink.MatchString(p.body) || strings.Contains(p.text, "Thử loa") {
		t.Error(p.text)
	}
}

func TestEmptyBulletinSaysWhenTheNextIs(t *testing.T) {
	w, b := openBoard(t)
	w.runs = nil
	w.plan.Occurrences = nil
	if p := b.site(t, "", "").get("/bang-tin"); !strings.Contains(p.text, "Lần phát tới: 17:00 hôm nay") { // the next slot
		t.Error(p.text)
	}
	w.fill()
	w.runs = nil
	w.plan.Occurrences = w.plan.Occurrences[3:]
	if p := b.site(t, "", "").get("/bang-tin"); !strings.Contains(p.text, "Hôm nay chưa có bản tin") || !strings.Contains(p.text, "Lần phát tới: 05:30 ngày mai") {
		t.Error(p.text)
	}
}

// An emergency stands on top while it lasts, where there is no script too, and in the
// list afterwards. Who raised it and why is nobody's business.
func TestEmergencyStandsOnTop(t *testing.T) {
	w, b := openBoard(t)
	w.emergencyOn()
	s := b.site(t, "", "")
	p := s.get("/bang-tin")
	if !strings.Contains(p.body, `class="air alarm"`) || strings.Index(p.text, "Lũ quét") > strings.Index(p.text, cattle) || !strings.Contains(p.text, "Khẩn cấp! Nước suối đang lên nhanh.") {
		t.Error(p.text)
	}
	if strings.Contains(p.body, "truongthon") || strings.Contains(p.text, "Nước suối lên nhanh. ") {
		t.Error("it says who raised it, or why")
	}
	frame := s.get("/bang-tin/now")
	if frame.header.Get("Refresh") != "20" || !strings.Contains(frame.header.Get("Content-Security-Policy"), "frame-ancestors 'self'") || !strings.Contains(frame.text, "Lũ quét") {
		t.Errorf("%v %s", frame.header, frame.text)
	}
	before := frame.header.Get("X-Bulletin")
	b.emergencies = []scheduler.Emergency{w.air.Emergencies[0].Emergency}
	if p = b.site(t, "", "").get("/bang-tin"); strings.Count(p.text, "Lũ quét") != 1 {
		t.Error("it stands there twice", p.text)
	}
	w.air.Emergencies = nil
	w.newest()
	s = b.site(t, "", "")
	if p = s.get("/bang-tin"); strings.Contains(p.body, `class="air alarm"`) || !strings.Contains(p.text, "Lũ quét") || !strings.Contains(p.text, "Báo lúc 16:20") {
		t.Error(p.text)
	}
	if s.get("/bang-tin/now").header.Get("X-Bulletin") == before {
		t.Error("who looks at the page is not told that it is over")
	}
}

// What an emergency says in single languages instead of its text stands on the board, for
// whoever reads, in the podcast of its language, and in the API; a recording has no words.
func TestEmergencySaysOnTheBoardWhatIsReadInEachLanguage(t *testing.T) {
	w, b := openBoard(t)
	w.emergencyOn()
	e := &w.air.Emergencies[0]
	e.Text, e.Messages = "", []scheduler.Message{{Language: "vi", Text: "Đập vỡ. Chạy lên đồi."}, {Language: "pcc", Text: "Lời Giáy.", Recording: giayID}}
	b.emergencies = []scheduler.Emergency{e.Emergency}
	s := b.site(t, "", "")
	for _, at := range []string{"/bang-tin", "/bang-tin/now"} {
		if p := s.get(at); !strings.Contains(p.text, "Tiếng Việt: Đập vỡ. Chạy lên đồi.") || !strings.Contains(p.text, "Tiếng Giáy: Lời Giáy.") || strings.Contains(p.text, "bản ghi âm") || strings.Contains(p.body, giayID) {
			t.Errorf("%s: %s", at, p.text)
		}
	}
	if p := s.get("/api/v1/public/board"); strings.Count(p.body, `"text":"Đập vỡ. Chạy lên đồi."`) != 2 {
		t.Errorf("the API answers %s", p.body)
	}
	w.air.Emergencies = nil
	w.newest()
	if p := b.site(t, "", "").get("/bang-tin"); !strings.Contains(p.text, "Tiếng Việt: Đập vỡ. Chạy lên đồi.") {
		t.Errorf("afterwards: %s", p.text)
	}
}

// A poster whose code leads nowhere but to the machine on which it is printed says so; with
// an address of its own, or by one of the network, it does not.
func TestPosterOfAnAddressThatNobodyReaches(t *testing.T) {
	w, b := openBoard(t)
	s := b.site(t, "", "")
	said := func(host string) bool {
		r := httptest.NewRequest("GET", "http://"+host+"/bang-tin/to-dan", nil)
		rec := httptest.NewRecorder()
		s.handler.ServeHTTP(rec, r)
		return strings.Contains(rec.Body.String(), "Khoan in: "+host)
	}
	if !said("127.0.0.1:8080") || !said("localhost:8080") || said("192.168.1.10:8080") {
		t.Error("it is told of the wrong addresses")
	}
	w.village.Publicity.Address = "http://loa.example/"
	s = b.site(t, "", "")
	if said("localhost:8080") {
		t.Error("it is told though the board has an address of its own")
	}
}

// What sounds now is named only when it stands on the board.
func TestOnAirOnTheBulletin(t *testing.T) {
	w, b := openBoard(t)
	w.onAir()
	if p := b.site(t, "", "").get("/bang-tin/now?part=1"); !strings.Contains(p.text, "Loa đang phát: "+meeting) {
		t.Error(p.text)
	}
	d := w.notices[meetingID]
	d.Announcement.SpeakerOnly = true
	w.notices[meetingID] = d
	if p := b.site(t, "", "").get("/bang-tin/now?part=1"); strings.Contains(p.text, meeting) || !strings.Contains(p.text, "đang có tiếng loa") {
		t.Error(p.text)
	}
}

// Without its database the board shows the plan, and says so.
func TestBulletinWithoutDatabase(t *testing.T) {
	w, b := openBoard(t)
	w.plan.Occurrences[2].SpeakerOnly = true
	s := b.site(t, "", "")
	s.get("/sign-in") // the village is known by now
	w.broken = errors.New("the disk is gone")
	plan := w.plan
	s = newSite(t, w, "", "", func(c *web.Config) {
		c.Bulletins, c.Slim, c.AsRun = b, b, planOnly{w, plan}
		c.Places = places{w, w.village}
	})
	p := s.get("/bang-tin")
	if p.status != http.StatusOK || !strings.Contains(p.text, "bảng tin chỉ có lịch phát") || !strings.Contains(p.text, meeting) || strings.Contains(p.text, "Nhắc phòng cháy") || soundLink.MatchString(p.body) {
		t.Error(p.status, p.text)
	}
}

type planOnly struct {
	*world
	plan scheduler.Plan
}

func (p planOnly) Published(context.Context, string) (scheduler.Plan, error) { return p.plan, nil }

type places struct {
	*world
	v scheduler.Village
}

func (p places) Village(context.Context, string) (scheduler.Village, error) { return p.v, nil }

// Pieces, conditions and methods of a sound, as phones and podcast programs ask for them.
func TestSoundOfTheBulletin(t *testing.T) {
	_, b := openBoard(t)
	s := b.site(t, "", "")
	link := soundLink.FindString(s.get("/bang-tin").body)
	ask := func(method, path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		rec := httptest.NewRecorder()
		s.handler.ServeHTTP(rec, r)
		return rec
	}
	whole := ask("GET", link)
	if whole.Code != 200 || whole.Body.String() != string(bulletinSound) || whole.Header().Get("Content-Type") != "audio/mpeg" || whole.Header().Get("Accept-Ranges") != "bytes" || whole.Header().Get("Cache-Control") != "public, no-cache" || whole.Header().Get("Last-Modified") != "" {
		t.Fatal(whole.Code, whole.Header())
	}
	if piece := ask("GET", link, "Range", "bytes=100-199"); piece.Code != 206 || piece.Body.String() != string(bulletinSound[100:200]) {
		t.Error(piece.Code, piece.Body.Len())
	}
	if beyond := ask("GET", link, "Range", "bytes=99999999-"); beyond.Code != 416 {
		t.Error(beyond.Code)
	}
	if again := ask("GET", link, "If-None-Match", whole.Header().Get("ETag")); again.Code != 304 || again.Body.Len() != 0 {
		t.Error(again.Code)
	}
	if head := ask("HEAD", link); head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") != fmt.Sprint(len(bulletinSound)) {
		t.Error(head.Code, head.Header())
	}
	if post := ask("POST", link); post.Code != 405 {
		t.Error(post.Code)
	}
	for _, path := range []string{"/bang-tin/nghe/" + takeID + ".mp3", "/bang-tin/nghe/../../etc/passwd", "/bang-tin/nghe/", strings.TrimSuffix(link, ".mp3")} {
		if r := ask("GET", path); r.Code != 404 || r.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Error(path, r.Code)
		}
	}
}

// A thousand press play at once: the sound is made once, at most 128 to one address and
// 256 in all go out together, and everybody is answered.
func TestAThousandPressPlay(t *testing.T) {
	_, b := openBoard(t)
	s := b.site(t, "", "")
	link := soundLink.FindString(s.get("/bang-tin").body)
	b.hold = make(chan struct{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := map[int]int{}
	for i := range 1000 {
		wg.Go(func() {
			r := httptest.NewRequest("GET", link, nil)
			r.RemoteAddr = fmt.Sprintf("192.168.%d.%d:40000", i/250, i%250)
			rec := httptest.NewRecorder()
			s.handler.ServeHTTP(rec, r)
			mu.Lock()
			defer mu.Unlock()
			codes[rec.Code]++
		})
	}
	close(b.hold)
	wg.Wait()
	if b.made[takeID] != 1 || codes[200] != 1000 {
		t.Errorf("made %d times, answered %v", b.made[takeID], codes)
	}
}

// The feed is read by a reader of feeds and by the XML of it.
func TestFeedIsAPodcast(t *testing.T) {
	w, b := openBoard(t)
	d := w.notices[cattleID]
	d.Announcement.Text = "Trâu & bò <ấm>\x00 \"lắm\""
	w.notices[cattleID] = d
	s := b.site(t, "", "")
	p := s.get("/bang-tin/rss/vi.xml")
	if p.status != http.StatusOK || p.header.Get("Content-Type") != "application/rss+xml; charset=utf-8" {
		t.Fatal(p.status, p.header)
	}
	feed, err := gofeed.NewParser().ParseString(p.body)
	if err != nil {
		t.Fatal(err)
	}
	if feed.FeedType != "rss" || feed.FeedVersion != "2.0" || feed.Language != "vi" || feed.Title != "Thôn Ún Tà: bản tin tiếng Việt" || feed.ITunesExt == nil || feed.ITunesExt.Author != "Thôn Ún Tà, xã Cốc San" || feed.ITunesExt.Explicit != "false" || feed.Link != "http://example.com/bang-tin" {
		t.Errorf("%+v %+v", feed, feed.ITunesExt)
	}
	if len(feed.Items) != 1 {
		t.Fatalf("%d items of one sound", len(feed.Items))
	}
	item := feed.Items[0]
	if item.Title != cattle || item.Description != `Trâu & bò <ấm> "lắm"` || item.PublishedParsed == nil || !item.PublishedParsed.Equal(w.runs[3].Airings[0].Started.Truncate(time.Second)) || item.ITunesExt.Duration != "27" || strings.HasPrefix(item.GUID, "http") {
		t.Errorf("%+v", item)
	}
	e := item.Enclosures[0]
	if e.Type != "audio/mpeg" || e.Length != fmt.Sprint(len(bulletinSound)) || !strings.HasPrefix(e.URL, "http://example.com/bang-tin/nghe/") {
		t.Errorf("%+v", e)
	}
	if sound := s.get(strings.TrimPrefix(e.URL, "http://example.com")); sound.status != 200 || sound.wire != len(bulletinSound) {
		t.Error("what the feed names cannot be heard")
	}
	if page := s.get(strings.TrimPrefix(item.Link, "http://example.com")); page.status != 200 || !strings.Contains(page.text, cattle) {
		t.Error("what the feed links to is not there")
	}
	plainly(t, p.body)
	r := httptest.NewRequest("GET", "/bang-tin/rss/vi.xml", nil)
	r.Header.Set("If-None-Match", p.header.Get("ETag"))
	rec := httptest.NewRecorder()
	s.handler.ServeHTTP(rec, r)
	if rec.Code != http.StatusNotModified || rec.Body.Len() != 0 {
		t.Errorf("a reader that has it already: %d", rec.Code)
	}
	if other := s.get("/bang-tin/rss/pcc.xml"); strings.Contains(other.body, "<item>") || !strings.Contains(other.body, "tiếng Giáy") {
		t.Error("a language in which nothing was heard")
	}
	if none := s.get("/bang-tin/rss/fr.xml"); none.status != http.StatusNotFound {
		t.Error(none.status)
	}
}

// plainly reads a feed by the letters of RSS 2.0: what must be there once, is.
func plainly(t *testing.T, body string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(body))
	dec.Strict = true
	counts := map[string]int{}
	var path []string
	for {
		token, err := dec.Token()
		if token == nil {
			if err.Error() != "EOF" {
				t.Fatal(err)
			}
			break
		}
		switch x := token.(type) {
		case xml.StartElement:
			path = append(path, x.Name.Local)
			counts[strings.Join(path, "/")]++
			if x.Name.Local == "guid" && (len(x.Attr) != 1 || x.Attr[0].Value != "false") {
				t.Errorf("guid %v", x.Attr)
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
	for _, once := range []string{"rss", "rss/channel", "rss/channel/title", "rss/channel/description", "rss/channel/item/title", "rss/channel/item/guid", "rss/channel/item/enclosure", "rss/channel/item/pubDate"} {
		if counts[once] != 1 {
			t.Errorf("%s stands there %d times", once, counts[once])
		}
	}
	if counts["rss/channel/link"] != 2 { // its own and the Atom one
		t.Errorf("links: %d", counts["rss/channel/link"])
	}
}

func TestPublicAPI(t *testing.T) {
	_, b := openBoard(t)
	s := b.site(t, "", "")
	p := s.get("/api/v1/public/board")
	var board struct {
		Village string
		Partial bool
		Days    []struct {
			Date    string
			Notices []struct {
				ID, Title, Text string
				Aired           []time.Time
				Sounds          []struct{ Language, URL string }
			}
		}
	}
	if err := json.Unmarshal([]byte(p.body), &board); err != nil || p.status != 200 {
		t.Fatal(err, p.status, p.body)
	}
	if board.Village != "Ún Tà" || board.Partial || len(board.Days) != 8 || board.Days[0].Date != "2026-11-23" || len(board.Days[0].Notices) != 2 {
		t.Fatalf("%+v", board)
	}
	heard := board.Days[0].Notices[0]
	if heard.Title != cattle || len(heard.Aired) != 2 || len(heard.Sounds) != 1 || s.get(heard.Sounds[0].URL).status != 200 {
		t.Errorf("%+v", heard)
	}
	for _, secret := range []string{"thuy", "truongthon", takeID, cattleID, "0193"} {
		if strings.Contains(p.body, secret) {
			t.Errorf("%q is told to everybody", secret)
		}
	}
	if cc := p.header.Get("Cache-Control"); cc != "public, max-age=1" {
		t.Error(cc)
	}
	if day := s.get("/api/v1/public/board/2026-11-22"); day.status != 200 || !strings.Contains(day.body, cattle) {
		t.Error(day.status, day.body)
	}
	if old := s.get("/api/v1/public/board/2026-11-01"); old.status != 404 {
		t.Error(old.status)
	}
	many := 0
	for range 200 {
		if s.get("/api/v1/public/board").status == http.StatusTooManyRequests {
			many++
		}
	}
	if many == 0 {
		t.Error("nobody who asks too often is slowed down")
	}
}

func TestRobots(t *testing.T) {
	w, b := openBoard(t)
	if p := b.site(t, "", "").get("/robots.txt"); p.body != "User-agent: *\nDisallow: /\n" {
		t.Error(p.body)
	}
	w.village.Publicity.Indexed = true
	s := b.site(t, "", "")
	if p := s.get("/robots.txt"); !strings.Contains(p.body, "Allow: /bang-tin") {
		t.Error(p.body)
	}
	if p := s.get("/bang-tin"); !strings.Contains(p.body, `content="index,follow"`) {
		t.Error("the page keeps search engines away")
	}
}

func TestPoster(t *testing.T) {
	w, b := openBoard(t)
	p := b.site(t, "", "").get("/bang-tin/to-dan")
	for _, want := range []string{"Thôn Ún Tà", "xã Cốc San", "Quét mã để nghe lại", "example.com", "Tiếng Việt và tiếng Giáy"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is missing in %s", want, p.text)
		}
	}
	codes := 0
	nodes(t, p.body, func(n *html.Node) {
		if n.Data == "svg" && attr(n, "class") == "qr" && attr(n, "aria-label") != "" {
			codes++
		}
	})
	if codes != 1 {
		t.Errorf("%d codes", codes)
	}
	w.village.Publicity.Address = "http://loa.internal"
	if p := b.site(t, "", "").get("/bang-tin/to-dan"); !strings.Contains(p.text, "loa.internal") || strings.Contains(p.text, "example.com") {
		t.Error(p.text)
	}
}

// Whoever rules the place opens and closes the board; what was typed stays when it is wrong.
func TestPublicityPage(t *testing.T) {
	w, b := openBoard(t)
	w.village.Publicity = scheduler.Publicity{}
	s := b.site(t, people.Officer, "vi")
	if p := s.get("/publicity"); p.status != 200 || strings.Contains(p.body, "checked") {
		t.Error(p.status, "it is decided already")
	}
	if p := s.post("/publicity", typed("revision", "0")); p.status != 422 || !strings.Contains(p.text, "Hãy chọn") {
		t.Error(p.status, p.text)
	}
	if p := s.post("/publicity", typed("revision", "0", "board", "on", "address", "loa")); p.status != 422 || !strings.Contains(p.body, `value="loa"`) || !strings.Contains(p.body, `aria-invalid="true"`) {
		t.Error(p.status, p.text)
	}
	if p := s.post("/publicity", typed("revision", "0", "board", "on", "indexed", "1", "address", "http://loa.internal")); p.status != 303 || p.location != "/publicity?told=publicity-on" {
		t.Error(p.status, p.location)
	}
	if w.village.Publicity != (scheduler.Publicity{Board: "on", Indexed: true, Address: "http://loa.internal"}) {
		t.Errorf("%+v", w.village.Publicity)
	}
	if p := s.post("/publicity", typed("revision", "99", "board", "off")); p.status != 409 {
		t.Error(p.status)
	}
	if p := b.site(t, people.Cadre, "vi").post("/publicity", typed("revision", "1", "board", "off")); p.status != 403 {
		t.Error(p.status)
	}
}

func TestIssuersWhoMayBePeopleAreNotShown(t *testing.T) {
	for issuer, shown := range map[string]bool{"UBND xã Cốc San": true, "Thôn Ún Tà": true, "Trạm y tế": true, "Vàng Thị Mỷ": false, "Đoàn Văn Hậu": false, "": false} {
		w, b := openBoard(t)
		d := w.notices[cattleID]
		d.Announcement.Issuer = issuer
		w.notices[cattleID] = d
		if p := b.site(t, "", "").get("/api/v1/public/board"); strings.Contains(p.body, `"office":"`+issuer) != shown {
			t.Errorf("%q is shown: %v", issuer, !shown)
		}
	}
}

// An announcement is left off the board where it is written, where it is changed, by the
// API and the command line; a village is asked by the API too.
func TestSpeakerOnlyEverywhere(t *testing.T) {
	w, b := openBoard(t)
	s := b.site(t, people.Officer, "vi")
	for _, path := range []string{"/announcements/new", "/announcements/" + cattleID} {
		if p := s.get(path); !strings.Contains(p.body, `name="speaker_only"`) {
			t.Errorf("%s does not ask", path)
		}
	}
	edit := func(more ...string) {
		t.Helper()
		f := looked(typed(append([]string{"revision", fmt.Sprint(w.notices[cattleID].Announcement.Revision), "title", cattle, "text", w.notices[cattleID].Announcement.Text}, more...)...))
		if p := s.post("/announcements/"+cattleID+"/edit", f); p.status != 303 {
			t.Fatal(p.status, p.text)
		}
	}
	alone := func() bool { return w.notices[cattleID].Announcement.SpeakerOnly }
	if edit("board_asked", "1", "speaker_only", "1"); !alone() {
		t.Error("the page of an announcement does not take it off the board")
	}
	if edit(); !alone() {
		t.Error("a page from before puts it back")
	}
	if edit("board_asked", "1"); alone() {
		t.Error("the page does not put it back")
	}
	call := func(method, path, body string) page {
		return s.do(method, path, "application/json", strings.NewReader(body))
	}
	if p := call("PATCH", "/api/v1/announcements/"+cattleID, `{"speaker_only":true}`); p.status != 200 || !alone() || !strings.Contains(p.body, `"speaker_only":true`) {
		t.Error(p.status, p.body)
	}
	if p := call("POST", "/api/v1/announcements", `{"title":"Họp kín","text":"Mời họp","speaker_only":true}`); p.status != 201 || !strings.Contains(p.body, `"speaker_only":true`) {
		t.Error(p.status, p.body)
	}
	if p := call("PATCH", "/api/v1/villages/un-ta", `{"board":"off","board_indexed":true,"board_address":" http://loa.internal "}`); p.status != 200 || !strings.Contains(p.body, `"board":{"state":"off","indexed":true,"address":"http://loa.internal"}`) {
		t.Error(p.status, p.body)
	}
	if p := call("PATCH", "/api/v1/villages/un-ta", `{"board_address":"loa"}`); p.status != 422 {
		t.Error(p.status, p.body)
	}
	if p := s.get("/announcements/new"); strings.Contains(p.body, `name="speaker_only"`) {
		t.Error("it is asked where there is no board")
	}
}

// typed is a form of names and values.
func typed(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}
