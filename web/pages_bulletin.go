package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// bulletinRoot is where the public board lies; it is at / too, for who is not signed
// in.
const bulletinRoot = "/bang-tin"

// bulletinView is a page of the public board. Nobody is signed in on it.
type bulletinView struct {
	Title, Place, Commune, About string
	Path                         string // of this page, where it always is
	Suffix                       string // "?lang=en", carried from page to page instead of a cookie
	Other                        string // this page in the other language
	Indexed, Past                bool
	Day                          int
	Date, Weekday, Month         string
	Lunar                        lunarView
	Now                          bulletinNow
	Notices                      []noticeRow
	Empty, Next                  string
	Partial                      bool
	Days                         []linkView
	Feeds                        []linkView
	Languages                    string
	QR                           template.HTML
	Address                      string
	Lone                         bool // Address leads nowhere but to the machine on which the page is open
	Refused                      string
	Again                        string // the page once more, when a moment may mend it
}

// linkView is a link in words.
type linkView struct{ URL, Text, Code string }

// noticeRow is one notice on the board.
type noticeRow struct {
	ID, Title, When, Office string
	Paragraphs              []string
	Emergency, Urgent       bool
	Sounds                  []soundRow
	Missing                 []string
}

type soundRow struct {
	URL, Name string
	Length    time.Duration
}

// bulletinNow is what sounds now, and whatever else makes the page be drawn anew.
type bulletinNow struct {
	Key         string
	OnAir       string
	Emergencies []noticeRow
}

func (p *panel) registerBulletin(r *gin.Engine) {
	r.GET(bulletinRoot, p.bulletinToday)
	r.GET(bulletinRoot+"/now", p.bulletinNow)
	r.GET(bulletinRoot+"/ngay/:day", p.bulletinDay)
	r.GET(bulletinRoot+"/tin/:id", p.bulletinNotice)
	r.GET(bulletinRoot+"/rss/:file", p.bulletinFeed)
	r.GET(bulletinRoot+"/to-dan", p.poster)
	r.GET("/robots.txt", p.robots)
	p.registerPublicity(r)
}

// front is the first page: the board's day for who is signed in, the public board for
// everybody else, where the village has one.
func (p *panel) front(c *gin.Context) {
	if _, ok := p.s.principal(c); !ok {
		if _, err := p.s.bulletin.now(c.Request.Context()); err == nil {
			p.bulletinToday(c)
			return
		}
	}
	p.allow(people.View, p.today)(c)
}

// onBoard makes the visit of somebody unknown to the public board; false: there is
// none, and that was answered.
func (p *panel) onBoard(c *gin.Context) (*visit, *bulletin, bool) {
	v := p.visit(c, people.Principal{})
	b, err := p.s.bulletin.now(v.ctx())
	if err != nil {
		status, w := http.StatusNotFound, p.bulletinView(v, &bulletin{Village: v.village, Made: v.now})
		w.Title, w.Refused = v.word("bulletin.closed"), v.word("bulletin.closed-so")
		if errors.Is(err, errVillageUnread) {
			status, w.Again = http.StatusServiceUnavailable, v.c.Request.URL.RequestURI()
			w.Title, w.Refused = v.word("bulletin.title"), v.word("bulletin.unread-so")
		}
		p.sendPublic(v, status, fragment{"bulletin", w})
		return nil, nil, false
	}
	return v, b, true
}

// bulletinView is what every page of the board has.
func (p *panel) bulletinView(v *visit, b *bulletin) bulletinView {
	w := bulletinView{
		Place: v.word("place.village", b.Village.Name), Commune: b.Village.Commune, Path: bulletinRoot, Indexed: b.Village.Publicity.Indexed,
		Partial: b.Partial, Now: p.bulletinNowView(v, b), Languages: upper(v.languages(b.Village.Languages)),
	}
	w.Title, w.About = v.word("bulletin.title"), v.word("bulletin.about", b.Village.Name, b.Village.Commune)
	if v.lang == english {
		w.Suffix = "?lang=" + english
	}
	path := v.c.Request.URL.Path
	w.Other = path + "?lang=" + v.word("language.other")
	for _, d := range b.Days[min(1, len(b.Days)):] {
		if len(d.Notices) > 0 {
			w.Days = append(w.Days, linkView{URL: bulletinRoot + "/ngay/" + d.Date.Format(time.DateOnly) + w.Suffix, Text: v.word("bulletin.day-count", upper(v.date(d.Date)), len(d.Notices))})
		}
	}
	for _, code := range b.Village.Languages {
		w.Feeds = append(w.Feeds, linkView{URL: bulletinRoot + "/rss/" + code + ".xml", Text: v.word("bulletin.podcast", v.lower(v.language(code))), Code: code})
	}
	return w
}

// dated is the head of a day.
func (w *bulletinView) dated(v *visit, t time.Time) {
	t = t.In(v.loc)
	w.Day, w.Date, w.Weekday, w.Month, w.Lunar = t.Day(), v.date(t), upper(v.weekday(t.Weekday())), v.month(t), v.lunar(t)
}

func (p *panel) bulletinToday(c *gin.Context) {
	v, b, ok := p.onBoard(c)
	if !ok {
		return
	}
	w := p.bulletinView(v, b)
	w.dated(v, v.now)
	w.Notices = v.noticeRows(w.Now.others(b.Days[0].Notices))
	if len(w.Notices) == 0 && len(w.Now.Emergencies) == 0 {
		w.Empty = v.word("bulletin.empty")
	}
	if !b.Next.IsZero() {
		w.Next = v.word("bulletin.next", v.at(b.Next, v.now))
	}
	p.withQR(v, b, &w)
	p.sendPublic(v, http.StatusOK, fragment{"bulletin", w})
}

// bulletinDay is one of the days before today.
func (p *panel) bulletinDay(c *gin.Context) {
	v, b, ok := p.onBoard(c)
	if !ok {
		return
	}
	i := slices.IndexFunc(b.Days, func(d day) bool { return d.Date.Format(time.DateOnly) == c.Param("day") })
	switch {
	case i == 0:
		c.Redirect(http.StatusSeeOther, bulletinRoot)
		return
	case i < 0:
		p.noSuchNotice(v, b)
		return
	}
	w := p.bulletinView(v, b)
	w.dated(v, b.Days[i].Date)
	w.Title, w.Past, w.Path = v.word("bulletin.day", v.date(b.Days[i].Date)), true, c.Request.URL.Path
	if w.Notices = v.noticeRows(b.Days[i].Notices); len(w.Notices) == 0 {
		w.Empty = v.word("bulletin.day-empty")
	}
	p.sendPublic(v, http.StatusOK, fragment{"bulletin", w})
}

// bulletinNotice is one notice alone, for who was sent its address.
func (p *panel) bulletinNotice(c *gin.Context) {
	v, b, ok := p.onBoard(c)
	if !ok {
		return
	}
	for _, d := range b.Days {
		i := slices.IndexFunc(d.Notices, func(n notice) bool { return n.ID == c.Param("id") })
		if i < 0 {
			continue
		}
		w := p.bulletinView(v, b)
		w.dated(v, d.Date)
		w.Past, w.Path = true, c.Request.URL.Path
		w.Notices = v.noticeRows(d.Notices[i : i+1])
		w.Title = w.Notices[0].Title
		p.sendPublic(v, http.StatusOK, fragment{"bulletin", w})
		return
	}
	p.noSuchNotice(v, b)
}

// noSuchNotice says that a notice is gone; while the board has only the plan, nobody knows.
func (p *panel) noSuchNotice(v *visit, b *bulletin) {
	status, w := http.StatusNotFound, p.bulletinView(v, b)
	w.Title, w.Refused, w.Past = v.word("bulletin.gone"), v.word("bulletin.gone-so"), true
	if b.Partial {
		status, w.Again = http.StatusServiceUnavailable, v.c.Request.URL.RequestURI()
		w.Title, w.Refused = v.word("bulletin.title"), v.word("bulletin.unread-so")
	}
	p.sendPublic(v, status, fragment{"bulletin", w})
}

// bulletinNow is what sounds now: the page's module asks for it, and so does a frame
// where there is no module, which looks again by itself. Only this page may frame it.
func (p *panel) bulletinNow(c *gin.Context) {
	v, b, ok := p.onBoard(c)
	if !ok {
		return
	}
	h := c.Writer.Header()
	h.Set("X-Bulletin", p.bulletinNowView(v, b).Key)
	if c.Query("part") == "" {
		h.Set("Refresh", "20")
		h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
		p.sendPublic(v, http.StatusOK, fragment{"frame", p.bulletinView(v, b)})
		return
	}
	p.sendPublic(v, http.StatusOK, fragment{"now", p.bulletinNowView(v, b)})
}

// bulletinNowView says what is on the air without saying who speaks, and what is for
// the loudspeakers alone not at all.
func (p *panel) bulletinNowView(v *visit, b *bulletin) bulletinNow {
	air := p.s.cfg.Air.Air()
	var now bulletinNow
	for _, e := range air.Emergencies {
		title := e.Title
		if title == "" {
			title = v.word("bulletin.emergency")
		}
		now.Emergencies = append(now.Emergencies, noticeRow{
			ID: p.s.bulletin.publicName("emergency", e.ID), Title: title, When: v.word("bulletin.since", v.at(e.Raised, v.now)), Paragraphs: v.saidParagraphs(e.Text, ownTexts(e.Emergency)), Emergency: !e.AllClear,
		})
	}
	if on := air.OnAir; on != nil && len(now.Emergencies) == 0 && on.Occurrence.Kind != scheduler.DrillKind {
		switch title, public := b.public[on.Occurrence.Announcement]; {
		case public:
			now.OnAir = title
		case on.Occurrence.Kind == scheduler.Relay:
			now.OnAir = v.word("bulletin.relay")
		default:
			now.OnAir = v.word("bulletin.something")
		}
	}
	sounding := sha256.New()
	sounding.Write([]byte(now.OnAir))
	for _, e := range now.Emergencies {
		sounding.Write([]byte(e.ID + e.Title + strings.Join(e.Paragraphs, "\n")))
	}
	key := sha256.New()
	for _, d := range b.Days {
		for _, n := range now.others(d.Notices) {
			key.Write([]byte(n.ID + n.Title + n.Text))
			for _, s := range n.Sounds {
				key.Write([]byte(s.ID))
			}
		}
	}
	now.Key = hex.EncodeToString(key.Sum(nil)[:6]) + "." + hex.EncodeToString(sounding.Sum(nil)[:6])
	return now
}

// others are the notices that do not stand on top.
func (now bulletinNow) others(list []notice) []notice {
	onTop := func(n notice) bool {
		return slices.ContainsFunc(now.Emergencies, func(e noticeRow) bool { return e.ID == n.ID })
	}
	return slices.DeleteFunc(slices.Clone(list), onTop)
}

func (v *visit) noticeRows(list []notice) (rows []noticeRow) {
	for _, n := range list {
		row := noticeRow{ID: n.ID, Title: n.Title, Office: n.Office, Paragraphs: v.saidParagraphs(n.Text, n.Own), Emergency: n.Emergency, Urgent: n.Urgent, When: v.whenTold(n)}
		if row.Title == "" {
			row.Title = v.word("bulletin.emergency")
		}
		for _, s := range n.Sounds {
			row.Sounds = append(row.Sounds, soundRow{bulletinSounds + s.ID + ".mp3", v.language(s.Language), s.Length})
		}
		for _, language := range n.Missing {
			if !slices.ContainsFunc(n.Sounds, func(s sound) bool { return s.Language == language }) {
				row.Missing = append(row.Missing, v.word("bulletin.missing", v.language(language)))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// whenTold is "Đã phát 05:50 và 17:01; phát lại 05:30 ngày mai".
func (v *visit) whenTold(n notice) string {
	var said []string
	if len(n.Aired) > 0 {
		code := "bulletin.aired"
		if n.Emergency {
			code = "bulletin.raised"
		}
		said = append(said, v.word(code, v.clocks(n.Aired)))
	}
	var today, tomorrow []time.Time
	for _, t := range n.Due {
		if daysApart(t.In(v.loc), v.now.In(v.loc)) == 0 {
			today = append(today, t)
		} else {
			tomorrow = append(tomorrow, t)
		}
	}
	code := map[bool]string{true: "bulletin.again", false: "bulletin.due"}
	if len(today) > 0 {
		said = append(said, v.word(code[len(said) > 0], v.clocks(today)))
	}
	if len(tomorrow) > 0 {
		said = append(said, v.word(code[len(said) > 0]+"-tomorrow", v.clocks(tomorrow)))
	}
	return upper(strings.Join(said, "; "))
}

// clocks lists times of day, each once.
func (v *visit) clocks(times []time.Time) string {
	var all []string
	for _, t := range times {
		if at := v.clock(t); !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return v.list(all)
}

// robots lets search engines at the board where the village wishes it, and nowhere
// else.
func (p *panel) robots(c *gin.Context) {
	c.Header("Cache-Control", "public, max-age=3600")
	b, err := p.s.bulletin.now(c.Request.Context())
	if err != nil || !b.Village.Publicity.Indexed {
		c.String(http.StatusOK, "User-agent: *\nDisallow: /\n")
		return
	}
	c.String(http.StatusOK, "User-agent: *\nAllow: /$\nAllow: "+bulletinRoot+"\nAllow: "+assetRoot+"\nDisallow: /\n")
}

// sendPublic sends a page that everybody may see. It may be kept, but is asked for
// each time: what is withdrawn is gone.
func (p *panel) sendPublic(v *visit, status int, f fragment) {
	var b bytes.Buffer
	if err := p.sets[v.lang].ExecuteTemplate(&b, f.name, f.data); err != nil {
		p.s.cfg.Logger.Error("page could not be rendered", "page", v.c.Request.URL.Path, "err", err)
		v.c.String(http.StatusInternalServerError, v.word("problem.internal"))
		return
	}
	p.sendTagged(v, status, "text/html; charset=utf-8", straight(b.Bytes()))
}

// sendTagged sends a body with its digest, and only says so when it is there already.
func (p *panel) sendTagged(v *visit, status int, kind string, body []byte) {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:12])
	h := v.c.Writer.Header()
	h.Set("Cache-Control", "public, no-cache")
	h.Set("Vary", "Accept-Encoding, Cookie")
	h.Set("ETag", `W/"`+tag+`"`)
	if status == http.StatusOK && strings.Contains(v.c.GetHeader("If-None-Match"), tag) {
		v.c.Status(http.StatusNotModified)
		return
	}
	if takesGzip(v.c) {
		if zipped, err := compressPage(body); err == nil {
			h.Set("Content-Encoding", "gzip")
			body = zipped
		}
	}
	v.c.Data(status, kind, body)
}
