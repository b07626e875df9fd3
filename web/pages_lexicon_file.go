package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"loalang/scheduler"
)

// takeWordsFile takes in a file of words, or says what is wrong with which line.
func (p *panel) takeWordsFile(v *visit) {
	f, err := p.readForm(v)
	var tooLarge *http.MaxBytesError
	if errors.Is(err, errFormTooLarge) || errors.As(err, &tooLarge) {
		p.showWords(v, http.StatusRequestEntityTooLarge, wordsView{FileFault: v.word("words.file-too-large")})
		return
	}
	if err != nil {
		p.badForm(v, err)
		return
	}
	in := wordImport{village: v.village.Key, by: v.me.Name, skip: f.Get("skip") != ""}
	done, err := p.s.importWords(v.ctx(), []byte(f.Get("words")), in)
	var faults scheduler.Invalid
	switch {
	case errors.As(err, &faults):
		fault := faultWords(v.lang, faults[0])
		if faults[0].Code == scheduler.FaultRequired {
			fault = v.word("words.file-empty")
		}
		p.showWords(v, http.StatusUnprocessableEntity, wordsView{FileFault: fault, Skip: in.skip})
	case isTaken(err):
		p.problem(v, http.StatusConflict, "problem.conflict")
	case err != nil:
		p.fail(v, err)
	case !done.Saved:
		w := wordsView{FileFault: v.word("words.file-bad", len(done.Bad), len(done.Changes)+done.Same), More: max(0, len(done.Bad)-badShown)}
		for _, row := range done.Bad[:min(len(done.Bad), badShown)] {
			w.Bad = append(w.Bad, badRowView{row.Line, row.Word.Written, faultWords(v.lang, row.Faults[0])})
		}
		p.showWords(v, http.StatusUnprocessableEntity, w)
	default:
		v.goToWords("imported", done.Amendment, url.Values{"added": {strconv.Itoa(done.Added)}, "changed": {strconv.Itoa(done.Changed)}})
	}
}

// wordsFile sends the dictionary as a file that opens in a spreadsheet and that
// import takes.
func (p *panel) wordsFile(v *visit) {
	all, err := p.s.cfg.Words.Words(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	page, _ := wordPage{limit: scheduler.MaxWords}.pick(all)
	v.c.Header("Content-Disposition", `attachment; filename="tu-dien-`+fileSafe(v.village.Key)+`.csv"`)
	v.c.Data(http.StatusOK, "text/csv; charset=utf-16le; header=present", spreadsheet(scheduler.WordCells(page)))
}
