package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/recordings"
)

// retentionView is the page about how long recordings are kept, with what would be
// removed now.
type retentionView struct {
	Rows    []retentionRow
	Faulty  string
	Said    string // "12 bản ghi, 45 MB"; empty: nothing would be removed
	Surplus []surplusView
	Rest    string
}

// retentionRow is one number of the form.
type retentionRow struct {
	Field, Name, Note, Value string
	Bad                      bool
}

// surplusView is a recording that would be removed.
type surplusView struct{ ID, Title, Sub string }

// surplusRows is how many of them the page names.
const surplusRows = 20

func (p *panel) registerRetention(r *gin.Engine) {
	r.GET("/retention", p.allow(people.Arrange, p.retention))
	r.POST("/retention", p.allow(people.Arrange, p.saveRetention))
	r.POST("/retention/tidy", p.allow(people.Arrange, p.tidyLibrary))
}

func (p *panel) retention(v *visit) {
	r, err := p.s.cfg.Keeping.Retention(v.ctx())
	if err != nil {
		p.fail(v, err)
		return
	}
	p.showRetention(v, http.StatusOK, [3]string{strconv.Itoa(r.PreviewDays), strconv.Itoa(r.TakeDays), strconv.Itoa(r.LogYears)}, "")
}

// retentionFields are the numbers of the form, in its order.
var retentionFields = [3]string{"preview_days", "take_days", "log_years"}

// showRetention draws the page with numbers as they were written; fault is the field
// that is wrong.
func (p *panel) showRetention(v *visit, status int, numbers [3]string, fault string) {
	list, err := p.s.cfg.Caretaker.Surplus(v.ctx())
	if err != nil {
		p.fail(v, err)
		return
	}
	var w retentionView
	for i, field := range retentionFields {
		w.Rows = append(w.Rows, retentionRow{field, v.word("retention." + field), v.word("retention." + field + "-note"), numbers[i], field == fault})
	}
	if fault != "" {
		w.Faulty = v.word("retention.bad")
	}
	var bytes int64
	for i, r := range list {
		if bytes += r.Bytes; i < surplusRows {
			w.Surplus = append(w.Surplus, surplusView{r.ID, r.Title, v.word("recordings.since", v.word("recording."+string(r.Kind)), v.at(r.Created, v.now))})
		}
	}
	if len(list) > 0 {
		w.Said = v.word("retention.surplus", len(list), (bytes+(1<<20)-1)>>20)
	}
	if more := len(list) - surplusRows; more > 0 {
		w.Rest = v.word("retention.rest", more)
	}
	p.render(v, status, "retention", view{Title: v.word("settings.retention"), Tab: "more", Path: "/retention", Data: w})
}

func (p *panel) saveRetention(v *visit) {
	var written [3]string
	var numbers [3]int
	bad := ""
	for i, field := range retentionFields {
		written[i] = v.c.PostForm(field)
		n, err := strconv.Atoi(strings.TrimSpace(written[i]))
		if numbers[i] = n; err != nil && bad == "" {
			bad = field
		}
	}
	r := recordings.Retention{PreviewDays: numbers[0], TakeDays: numbers[1], LogYears: numbers[2]}
	if bad == "" {
		bad = outOfBounds(r)
	}
	if bad != "" {
		p.showRetention(v, http.StatusUnprocessableEntity, written, bad)
		return
	}
	if err := p.s.keepRetention(v.ctx(), r, v.me.Name); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/retention", "retention")
}

// outOfBounds is the first field of a retention that is outside of its bounds.
func outOfBounds(r recordings.Retention) string {
	usual := recordings.UsualRetention()
	for i, alone := range []recordings.Retention{{PreviewDays: r.PreviewDays, TakeDays: usual.TakeDays}, {PreviewDays: usual.PreviewDays, TakeDays: r.TakeDays}, {PreviewDays: usual.PreviewDays, TakeDays: usual.TakeDays, LogYears: r.LogYears}} {
		if errors.Is(alone.Check(), recordings.ErrRetention) {
			return retentionFields[i]
		}
	}
	return ""
}

func (p *panel) tidyLibrary(v *visit) {
	if _, err := p.s.cfg.Caretaker.Tidy(v.ctx()); err != nil {
		p.fail(v, err)
		return
	}
	p.s.cfg.Changed()
	v.goTo("/retention", "tidied")
}
