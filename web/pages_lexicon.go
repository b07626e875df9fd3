package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/speech"
)

// wordsView is the village's reading dictionary.
type wordsView struct {
	Query string
	Rows  []wordRow
	Next  string // where the rest is; empty: this is the end
	Total int
	Many  bool // voices speak more than one language
	// What became of a file: what is wrong with it, and its rows that cannot be taken.
	FileFault string
	Bad       []badRowView
	More      int // bad rows that are not shown
	Skip      bool
}

type wordRow struct {
	ID, Written, Spoken, Sub string
	Uses                     []usageJSON
	Used                     string // "Dùng trong 2 bản tin"
}

type badRowView struct {
	Line           int
	Written, Fault string
}

// wordView is the page of one word, known or new.
type wordView struct {
	ID, Language, Written, Spoken, Note string
	Revision                            int64
	Languages                           []choiceView // none: the question is not asked
	Faults                              map[string]string
	Hints                               []hint
	Affected                            []affectedView
	Tried                               bool
	Alone, Sentence                     *heardView
	TryFault, StoodIn                   string
	Sure                                bool // what saving means was shown
	Removing                            bool // and it is the removal that is to be confirmed
	Uses                                []usageJSON
}

// affectedView is announcements and what saving a word means for them.
type affectedView struct {
	Class, Icon, Text string
	Announcements     []usageJSON
}

// heardView is how something sounds.
type heardView struct {
	Stretches []speech.Stretch
	Recording string
}

const (
	wordsShown  = 50 // words of one page
	badShown    = 50 // bad rows of a file
	usagesShown = 20 // announcements of a list
)

func (p *panel) registerLexicon(r *gin.Engine) {
	r.GET("/words", p.allow(people.View, func(v *visit) { p.showWords(v, http.StatusOK, wordsView{}) }))
	r.GET("/words.csv", p.allow(people.View, p.wordsFile))
	r.POST("/words/import", p.allow(people.Write, p.takeWordsFile))
	r.GET("/words/new", p.allow(people.Write, p.newWord))
	r.POST("/words/new", p.allow(people.Write, func(v *visit) { p.sendWord(v, scheduler.Word{Owned: p.owned(v, p.s.cfg.NewID())}) }))
	r.GET("/words/:id", p.allow(people.Write, p.word))
	r.POST("/words/:id", p.allow(people.Write, p.changeWord))
	r.POST("/words/:id/remove", p.allow(people.Write, p.removeWord))
}

// showWords draws the list; w has what became of a file.
func (p *panel) showWords(v *visit, status int, w wordsView) {
	all, err := p.s.cfg.Words.Words(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	w.Query, w.Total = v.c.Query("q"), len(all)
	page, next := wordPage{query: w.Query, after: v.c.Query("after"), limit: wordsShown}.pick(all)
	uses, err := p.s.cfg.Reader.Uses(v.ctx(), page)
	if err != nil {
		p.fail(v, err)
		return
	}
	for _, one := range page {
		w.Many = w.Many || one.Language != vietnamese
	}
	for _, one := range page {
		row := wordRow{ID: one.ID, Written: one.Written, Spoken: one.Spoken, Sub: one.Note, Uses: few(uses[one.ID])}
		if w.Many {
			row.Sub = joined(v.language(one.Language), row.Sub)
		}
		if n := len(uses[one.ID]); n > 0 {
			row.Used = v.word("words.used", n)
		}
		w.Rows = append(w.Rows, row)
	}
	if next != "" {
		w.Next = "/words?" + url.Values{"q": {w.Query}, "after": {next}}.Encode()
	}
	p.render(v, status, "words", view{Title: v.word("words.title"), Tab: "announcements", Told: v.wordTold(), Data: w})
}

func few(list []scheduler.Announcement) []usageJSON {
	return usagesOf(list[:min(len(list), usagesShown)])
}

func joined(a, b string) string {
	if b == "" {
		return a
	}
	return a + ". " + b
}

// wordTold says after a change what it has changed.
func (v *visit) wordTold() string {
	code := "words.told-" + v.c.Query("done")
	if !hasWord(code) {
		return ""
	}
	told := v.word(code, v.c.Query("added"), v.c.Query("changed"))
	for _, what := range []string{"anew", "kept", "late"} {
		if n, err := strconv.Atoi(v.c.Query(what)); err == nil && n > 0 {
			told += " " + v.word("words."+what+"-done", n)
		}
	}
	return told
}

// goToWords leads to the list, which says what was done.
func (v *visit) goToWords(done string, a playout.Amendment, more url.Values) {
	q := url.Values{"done": {done}}
	if v.undone > 0 {
		q.Set("undo", strconv.FormatInt(v.undone, 10))
	}
	for name, list := range map[string][]scheduler.Announcement{"anew": a.Anew, "kept": a.Kept, "late": a.Late} {
		if len(list) > 0 {
			q.Set(name, strconv.Itoa(len(list)))
		}
	}
	for name, values := range more {
		q[name] = values
	}
	v.c.Redirect(http.StatusSeeOther, "/words?"+q.Encode())
}

// newWord is the empty form; written is what a preview could not read.
func (p *panel) newWord(v *visit) {
	w := scheduler.CleanWord(scheduler.Word{Language: v.c.DefaultQuery("language", vietnamese), Written: v.c.Query("written")})
	all, err := p.s.cfg.Words.Words(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	if known, there := all.Written(w.Language, w.Written); there {
		v.c.Redirect(http.StatusSeeOther, "/words/"+known.ID)
		return
	}
	p.showWord(v, http.StatusOK, w, wordView{})
}

func (p *panel) word(v *visit) {
	w, _, err := p.s.villageWord(v.ctx(), v.village.Key, v.c.Param("id"))
	if err != nil {
		p.fail(v, err)
		return
	}
	p.showWord(v, http.StatusOK, w, wordView{})
}

// showWord draws the form of a word; w has what is worth saying of it.
func (p *panel) showWord(v *visit, status int, one scheduler.Word, w wordView) {
	title := v.word("words.add")
	if one.Revision > 0 {
		w.ID, title = one.ID, one.Written
		uses, err := p.s.cfg.Reader.Uses(v.ctx(), scheduler.Words{one})
		if err != nil {
			p.fail(v, err)
			return
		}
		w.Uses = few(uses[one.ID])
	}
	w.Language, w.Written, w.Spoken, w.Note, w.Revision = one.Language, one.Written, one.Spoken, one.Note, one.Revision
	choir := p.s.choir(v.ctx())
	for _, l := range speech.Languages() {
		if choir.speaks(l.Code, "") || l.Code == one.Language {
			w.Languages = append(w.Languages, choiceView{Value: l.Code, Name: v.language(l.Code), Checked: l.Code == one.Language})
		}
	}
	if len(w.Languages) < 2 {
		w.Languages = nil
	}
	if w.Faults == nil {
		w.Faults = map[string]string{}
	}
	p.render(v, status, "word", view{Title: title, Tab: "announcements", Data: w})
}

// changeWord takes the form of a known word.
func (p *panel) changeWord(v *visit) {
	w, _, err := p.s.villageWord(v.ctx(), v.village.Key, v.c.Param("id"))
	if err != nil {
		p.fail(v, err)
		return
	}
	w.Updated = v.now.UTC()
	p.sendWord(v, w)
}

// sendWord tries a word or keeps it. What is worth knowing of it, and what it
// changes, is shown before it is kept.
func (p *panel) sendWord(v *visit, w scheduler.Word) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	read := w.Revision
	w = wordForm{Language: f.Get("language"), Written: f.Get("written"), Spoken: f.Get("spoken"), Note: f.Get("note")}.apply(w, v.me.Name)
	if read > 0 {
		if w.Revision, err = strconv.ParseInt(f.Get("revision"), 10, 64); err != nil || w.Revision < 1 {
			p.problem(v, http.StatusBadRequest, "problem.bad-form")
			return
		}
	}
	all, err := p.s.cfg.Words.Words(v.ctx(), v.village.Key)
	if err == nil {
		err = p.s.checkWord(v.ctx(), all, w)
	}
	var faults scheduler.Invalid
	if errors.As(err, &faults) {
		shown := wordView{Faults: map[string]string{}}
		for _, fault := range faults {
			if shown.Faults[fault.Field] == "" {
				shown.Faults[fault.Field] = faultWords(v.lang, fault)
			}
		}
		p.showWord(v, http.StatusUnprocessableEntity, w, shown)
		return
	}
	var seen playout.Amendment
	if err == nil {
		seen, err = p.s.cfg.Reader.Foresee(v.ctx(), []scheduler.Word{w})
	}
	if err != nil {
		p.failWord(v, w, err)
		return
	}
	shown := wordView{Hints: hints(v.lang, all, w), Affected: v.affected(seen), Sure: true}
	switch quiet := len(shown.Hints) == 0 && len(shown.Affected) == 0; {
	case f.Get("do") == "try":
		p.hearWord(v, all, w, &shown)
		p.showWord(v, http.StatusOK, w, shown)
	case quiet, f.Get("sure") == shown.told():
		p.keepWord(v, w)
	default:
		p.showWord(v, http.StatusOK, w, shown)
	}
}

// Told is what was shown of a word before it is kept, short: whoever agrees, agrees
// to that.
func (w wordView) told() string {
	told := ""
	for _, h := range w.Hints {
		told += h.Code + " "
	}
	for _, a := range w.Affected {
		told += a.Icon + strconv.Itoa(len(a.Announcements)) + " "
	}
	return told
}

// Agreement is what the form sends back with the press that agrees.
func (w wordView) Agreement() string {
	if !w.Sure {
		return ""
	}
	return w.told()
}

func (p *panel) keepWord(v *visit, w scheduler.Word) {
	done, err := p.s.keepWords(v.ctx(), []scheduler.Word{w})
	if err != nil {
		p.failWord(v, w, err)
		return
	}
	v.goToWords("saved", done, nil)
}

// failWord keeps what was typed when somebody else was quicker.
func (p *panel) failWord(v *visit, w scheduler.Word, err error) {
	if !isTaken(err) {
		p.fail(v, err)
		return
	}
	now, _, gone := p.s.villageWord(v.ctx(), v.village.Key, w.ID)
	if gone == nil {
		w.Revision = now.Revision // saving again is a choice
	} else {
		w.Revision = 0
	}
	p.showWord(v, http.StatusConflict, w, wordView{Faults: map[string]string{"written": v.word("words.changed-since")}})
}

// hearWord speaks a word that is being tried.
func (p *panel) hearWord(v *visit, all scheduler.Words, w scheduler.Word, shown *wordView) {
	shown.Tried = true
	alone, inside, err := p.s.tryWord(v.ctx(), all, w)
	if err != nil {
		code := refusal(err)
		if code == refusedFailed {
			p.s.cfg.Logger.Error("a word could not be spoken", "err", err)
		}
		shown.TryFault = v.word(code)
	}
	heard := func(t trial) *heardView {
		return &heardView{Stretches: slices.Concat(t.spoken.Lines(t.given)...), Recording: t.recording.ID}
	}
	shown.Alone, shown.Sentence = heard(alone), heard(inside)
	shown.StoodIn = p.stoodIn(v, inside.recording.By, inside.recording.InsteadOf)
}

// affected are the announcements that a change of words means something for.
func (v *visit) affected(a playout.Amendment) []affectedView {
	var views []affectedView
	for _, one := range []struct {
		code, class, icon string
		list              []scheduler.Announcement
	}{{"anew", "ok", "lai", a.Anew}, {"kept", "wait", "viet", a.Kept}, {"late", "wait", "nhac", a.Late}} {
		if len(one.list) > 0 {
			views = append(views, affectedView{one.class, one.icon, v.word("words."+one.code, len(one.list)), few(one.list)})
		}
	}
	return views
}

// removeWord deletes a word; when that changes announcements, it shows which
// first.
func (p *panel) removeWord(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	w, _, err := p.s.villageWord(v.ctx(), v.village.Key, v.c.Param("id"))
	if isMissing(err) { // removed before: as wished
		v.goToWords("removed", playout.Amendment{}, nil)
		return
	}
	gone := w
	gone.Deleted, gone.By = v.now.UTC(), v.me.Name
	var seen playout.Amendment
	if err == nil {
		seen, err = p.s.cfg.Reader.Foresee(v.ctx(), []scheduler.Word{gone})
	}
	if err != nil {
		p.failWord(v, w, err)
		return
	}
	shown := wordView{Affected: v.affected(seen), Sure: true, Removing: true}
	if len(shown.Affected) > 0 && f.Get("sure") != shown.told() {
		p.showWord(v, http.StatusOK, w, shown)
		return
	}
	done, err := p.s.keepWords(v.ctx(), []scheduler.Word{gone})
	if err != nil {
		p.failWord(v, w, err)
		return
	}
	v.took(p, "words", w.ID)
	v.goToWords("removed", done, nil)
}
