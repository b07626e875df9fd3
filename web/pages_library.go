package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
)

// shelfRows is how many recordings one page of the library shows: each has a wave and
// a player, and with them it stays below 30 KB on the wire.
const shelfRows = 20

// shelfWide is how many strokes the wave of a row has.
const shelfWide = 60

// shelfView is the library.
type shelfView struct {
	Take     uploadView
	Open     bool // the form for sending is shown from the first
	Asked    shelfAsked
	Filtered bool // the page is asked for some of the recordings
	Empty    bool // the library has nothing that somebody brought
	Said     string
	Items    []recordingView
	Older    string
	Newer    string
	Removed  string // ID of what was deleted just now and can be taken back
	Bin      bool   // what is listed was deleted
}

// shelfAsked is the form by which recordings are looked for.
type shelfAsked struct {
	Words  string
	More   bool // the choices are shown from the first
	Unused bool
	Groups []shelfChoice
}

// shelfChoice is one list to choose from.
type shelfChoice struct {
	Field, Name string
	Choices     []choiceView
}

type recordingView struct {
	ID, Title, Sub string
	Length         time.Duration
	Wave           string // path of an SVG, shelfWide by 100; empty: none was taken
	Used           string // "dùng ở 2 nơi"
	Warnings       []string
	Usable         bool // an announcement may be made of it
	Deletable      bool
}

func (p *panel) recordings(v *visit) { p.showRecordings(v, http.StatusOK, emptyForm()) }

// searchOf is what the address of the page asks for, and the form that asks it.
func (p *panel) searchOf(v *visit) (q recordings.Search, asked shelfAsked, err error) {
	c := v.c
	q = recordings.Search{
		Village: v.village.Key, Words: scheduler.Clean(c.Query("q")), Purpose: recordings.Purpose(c.Query("purpose")), Language: c.Query("language"),
		Class: c.Query("class"), By: c.Query("by"), Unused: c.Query("unused") != "", Sort: recordings.Sort(c.Query("sort")), Limit: shelfRows,
	}
	topic := c.Query("topic")
	if q.Topics, err = p.s.topicCodes(v.ctx(), v.village.Key, topic); err != nil {
		return q, asked, err
	}
	readers, err := p.s.cfg.Holdings.RecordingReaders(v.ctx(), v.village.Key)
	if err != nil {
		return q, asked, err
	}
	asked = shelfAsked{Words: q.Words, Unused: q.Unused}
	add := func(field, chosen string, values []string, name func(string) string) {
		g := shelfChoice{Field: field, Name: v.word("library." + field)}
		for _, value := range values {
			g.Choices = append(g.Choices, choiceView{Value: value, Name: name(value), Checked: value == chosen})
		}
		if len(values) > 0 {
			asked.Groups = append(asked.Groups, g)
		}
	}
	add("purpose", string(q.Purpose), strs(recordings.Purposes()), func(s string) string { return v.word("purpose." + s) })
	add("language", q.Language, v.village.Languages, v.language)
	add("class", q.Class, strs([]scheduler.Class{scheduler.ClassNormal, scheduler.ClassPriority}), func(s string) string { return v.word("class." + s) })
	add("topic", topic, strs(scheduler.TemplateTopics()), func(s string) string { return v.word("template-topic." + s) })
	add("by", q.By, readers, func(s string) string { return s })
	add("sort", string(q.Sort), strs(recordings.Sorts())[1:], func(s string) string { return v.word("library.sort-" + s) })
	asked.More = q.Unused || q.Purpose != "" || q.Language != "" || q.Class != "" || topic != "" || q.By != "" || q.Sort != ""
	return q, asked, nil
}

// strs are words of any kind as text.
func strs[T ~string](words []T) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return all
}

func (p *panel) showRecordings(v *visit, status int, f *form) {
	q, asked, err := p.searchOf(v)
	if err != nil {
		p.fail(v, err)
		return
	}
	page, err := strconv.Atoi(v.c.Query("page"))
	if err != nil || page < 1 || page > 100_000 {
		page = 1
	}
	q.Skip = (page - 1) * shelfRows
	found, total, err := p.s.cfg.Holdings.SearchRecordings(v.ctx(), q)
	if err != nil {
		p.fail(v, err)
		return
	}
	l := shelfView{
		Take:  uploadView{Code: anyLanguage, Then: "/recordings/{0}?told={1}", Fault: f.faults["file_"+anyLanguage]},
		Asked: asked, Filtered: asked.More || q.Words != "", Bin: q.Purpose == recordings.OfRemoved,
	}
	if u, ok := p.s.imports.latest(v.me.ID, v.village.Key); ok {
		l.Take.Going = v.going(u)
	}
	brought := slices.ContainsFunc(found, func(f recordings.Found) bool { return f.Kind != recordings.BuiltIn })
	l.Empty = !l.Filtered && page == 1 && !brought && total <= shelfRows
	l.Open = l.Take.Going != nil || l.Take.Fault != "" || l.Empty
	for _, r := range found {
		l.Items = append(l.Items, p.foundView(v, r, l.Bin))
	}
	l.Said = v.word("library.found", total)
	if total > shelfRows {
		l.Said = v.word("library.said", q.Skip+1, q.Skip+len(found), total)
	}
	l.Older, l.Newer = shelfPages(v.c.Request.URL.Query(), page, total)
	if id := v.c.Query("removed"); isHash(id) {
		l.Removed = id
	}
	p.render(v, status, "recordings", view{Title: v.word("settings.recordings"), Tab: "more", Script: "upload.js", Data: l})
}

// shelfPages are the addresses of the pages behind and before one.
func shelfPages(q url.Values, page, total int) (older, newer string) {
	for _, once := range []string{"told", "refused", "removed"} {
		q.Del(once)
	}
	link := func(n int) string {
		q.Set("page", strconv.Itoa(n))
		return "/recordings?" + q.Encode()
	}
	if page*shelfRows < total {
		older = link(page + 1)
	}
	if page > 1 {
		newer = link(min(page-1, max(1, (total+shelfRows-1)/shelfRows)))
	}
	return older, newer
}

func (p *panel) foundView(v *visit, f recordings.Found, removed bool) recordingView {
	r := p.recordingView(v, f.Recording)
	switch {
	case removed:
		r.Sub, r.Usable = v.word("library.removed-at", r.Sub, v.at(f.Deleted, v.now)), false
	case f.Uses > 0:
		r.Used = v.word("library.used", f.Uses)
	case f.Kind != recordings.BuiltIn:
		r.Used = v.word("library.unused")
	}
	return r
}

func (p *panel) recordingView(v *visit, r recordings.Recording) recordingView {
	sub := v.word("recording." + string(r.Kind))
	switch {
	case r.Kind == recordings.BuiltIn:
	case r.By == "":
		sub = v.word("recordings.since", sub, v.at(r.Created, v.now))
	default:
		sub = v.word("recordings.by", sub, v.at(r.Created, v.now), r.By)
	}
	w := recordingView{
		ID: r.ID, Title: r.Title, Sub: sub, Length: r.Length, Warnings: v.warnings(r), Usable: r.Kind == recordings.Take,
		Deletable: p.s.mayDelete(v.me, r),
	}
	if len(r.Measures.After.Wave) > 0 {
		w.Wave = wavePath(r.Measures.After.Wave, shelfWide)
	}
	return w
}

// recordingPage is one recording with its waves before and after, and where it is used.
type recordingPage struct {
	recordingView
	Take   takeView
	Uses   []useView
	Airs   bool // something of that may still sound
	Name   string
	Faults map[string]string
}

// useView is one place where a recording is used.
type useView struct {
	Text, Link string
	State      stateView
}

// recording shows one recording.
func (p *panel) recording(v *visit) {
	r, err := p.s.cfg.Shelf.Recording(v.ctx(), v.c.Param("id"))
	if isMissing(err) || err == nil && r.Village != "" && r.Village != v.village.Key {
		p.problem(v, http.StatusNotFound, "problem.not-found")
		return
	}
	if err != nil {
		p.fail(v, err)
		return
	}
	p.showRecording(v, http.StatusOK, r, emptyForm())
}

func (p *panel) showRecording(v *visit, status int, r recordings.Recording, f *form) {
	uses, err := p.s.cfg.Holdings.RecordingUses(v.ctx(), r.ID)
	if err != nil {
		p.fail(v, fmt.Errorf("look where a recording is used: %w", err))
		return
	}
	t := v.take(r)
	t.Twin = p.twin(v, r)
	w := recordingPage{recordingView: p.recordingView(v, r), Take: t, Name: cmp.Or(f.Get("title"), r.Title), Faults: f.faults}
	for _, u := range uses {
		w.Uses = append(w.Uses, v.use(u))
		w.Airs = w.Airs || u.Airs
	}
	p.render(v, status, "recording", view{Title: r.Title, Tab: "more", Path: "/recordings/" + r.ID, Refused: f.faults["delete"], Data: w})
}

// use words where a recording is used.
func (v *visit) use(u recordings.Use) useView {
	w := useView{Text: v.word("use."+string(u.What), u.Title), State: stateView{"soft", "nghi", v.word("use.over")}}
	if u.Airs {
		w.State = stateView{"ok", "lich", v.word("use.airs")}
	}
	switch u.What {
	case recordings.UsedByNotice, recordings.UsedAsBed:
		w.Link = "/announcements/" + u.ID
	case recordings.UsedBySlot:
		if v.may(people.Arrange) {
			w.Link = "/slots/" + u.ID
		}
	case recordings.UsedPrepared:
		if v.may(people.Alarm) {
			w.Link = "/templates/" + u.ID
		}
	}
	return w
}
