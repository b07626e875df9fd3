package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// approvalsView is what waits for approval, village by village.
type approvalsView struct {
	Places   []approvalsPlace
	MayRules bool
}

type approvalsPlace struct {
	Name  string
	Items []approvalItem
}

// approvalItem is one announcement that waits.
type approvalItem struct {
	ID, Title, Sub, Text string
	State                stateView
	Next                 string
	Short                bool // it airs soon, or its review is overdue
}

// approvalView is everything that an approver decides by.
type approvalView struct {
	ID, Title, Sub string
	State          stateView
	Reason, Review string
	Waits          []string   // what of it, in words
	Changed        []diffPart // its text beside that which was approved; nil: nothing was, or it is the same
	Paragraphs     []string
	Tongues        []approvalTongue
	Airs, Omitted  []string    // by the plan, if it is approved as it stands
	Displaced      []seenGroup // what becomes of others by that
	Seen           string
	Acts           map[string]bool // what the visitor may do
	Why            string          // they may not approve it
	Typed          string          // reason
	Faults         map[string]string
}

// approvalTongue is one language of it, as it will be heard.
type approvalTongue struct {
	Name, Recording string
	Length          time.Duration
	State           stateView
	Said            *saidView
	New             bool // it is another than that which was approved
}

func (p *panel) registerApprovals(r *gin.Engine) {
	r.GET("/approvals", p.allow(people.Write, p.approvals))
	r.GET("/approvals/rules", p.allow(people.Arrange, p.approvalRules))
	r.POST("/approvals/rules", p.allow(people.Arrange, p.saveApprovalRules))
	r.GET("/approvals/notice/:id", p.allow(people.Write, p.approval))
	r.POST("/approvals/notice/:id", p.allow(people.Write, p.decideNotice))
	r.POST("/announcements/:id/expiry", p.allow(people.Write, p.giveExpiry))
}

// approvalPatience bounds what the count in the navigation may cost a page.
const approvalPatience = 300 * time.Millisecond

// waitingCount is how many announcements wait for the visitor; 0 when nobody's
// do, or when the database does not say so at once.
func (p *panel) waitingCount(v *visit) int {
	if v.me.ID == "" || !v.village.Approvals.On() || !v.may(people.Approve) || p.s.cfg.Damaged() {
		return 0
	}
	ctx, cancel := context.WithTimeout(v.ctx(), approvalPatience)
	defer cancel()
	ds, err := p.s.cfg.Approvals.AwaitingApproval(ctx, v.village.Key, v.now)
	if err != nil {
		return 0
	}
	return len(ds)
}

func (p *panel) approvals(v *visit) {
	places, err := p.s.seen(v.ctx(), v.me, "")
	if err != nil {
		p.fail(v, err)
		return
	}
	w := approvalsView{MayRules: v.may(people.Arrange)}
	total := 0
	for _, place := range places {
		ds, err := p.s.cfg.Approvals.AwaitingApproval(v.ctx(), place.Key, v.now)
		if err != nil {
			p.fail(v, err)
			return
		}
		pl := approvalsPlace{Name: v.word("place.village", place.Name)}
		for _, d := range ds {
			next, err := p.s.nextAir(v.ctx(), d)
			if err != nil {
				p.fail(v, err)
				return
			}
			pl.Items = append(pl.Items, v.approvalItem(d, next))
		}
		if total += len(ds); len(ds) > 0 {
			w.Places = append(w.Places, pl)
		}
	}
	title := v.word("approvals.none")
	if total > 0 {
		title = v.word("approvals.waiting", total)
	}
	p.show(v, "approvals", view{Title: title, Tab: "more", Data: w})
}

// excerpt is how many characters of a text a list shows.
const excerpt = 160

func (v *visit) approvalItem(d scheduler.Dossier, next time.Time) approvalItem {
	a := d.Announcement
	text := strings.Join(strings.Fields(a.Text), " ")
	if r := []rune(text); len(r) > excerpt {
		text = string(r[:excerpt]) + "…"
	}
	review := a.Approval.Review
	return approvalItem{
		ID: a.ID, Title: a.Title, Sub: v.word("announcement.by", v.at(a.Created, v.now), a.CreatedBy), Text: text, State: v.approvalState(a),
		Next: v.airsOr(d, next), Short: !next.IsZero() && next.Before(v.now.Add(urgentAhead)) || !review.IsZero() && review.Before(v.now),
	}
}

// airsOr is when an announcement airs next, if it is approved; or what becomes of its
// schedules when none of them names a time that is still ahead.
func (v *visit) airsOr(d scheduler.Dossier, next time.Time) string {
	if !next.IsZero() || len(d.Schedules) == 0 {
		return v.airs(next)
	}
	for _, s := range d.Schedules {
		if s.Kind == scheduler.Now && v.now.Before(s.At.Add(s.Misfire.Grace)) {
			return v.word("approvals.at-once")
		}
	}
	return v.word("approvals.over")
}

// approvalState is how far an announcement is from being allowed on the air.
func (v *visit) approvalState(a scheduler.Announcement) stateView {
	q := a.Approval
	switch {
	case !a.Withdrawn.IsZero():
		return stateView{"soft", "tra", v.word("announcement.withdrawn-at", v.at(a.Withdrawn, v.now))}
	case q.State == scheduler.Approved && q.Need != scheduler.NeedNone:
		return stateView{"wait", "cho", v.word("approval.partly")}
	case q.State == scheduler.Approved:
		return stateView{"ok", "dau", v.word("approval.approved-by", q.By, v.at(q.At, v.now))}
	case q.State == scheduler.Urgent:
		code := "approval.urgent-until"
		if q.Review.Before(v.now) {
			code = "approval.urgent-overdue"
		}
		return stateView{"bad", "nhac", v.word(code, q.By, v.at(q.Review, v.now))}
	case q.State == scheduler.Returned:
		return stateView{"bad", "tra", v.word("approval.returned-by", q.By, v.at(q.At, v.now))}
	}
	return stateView{"wait", "cho", v.word("approval." + string(q.State))}
}

func (p *panel) approval(v *visit) { p.showApproval(v, http.StatusOK, emptyForm()) }

func (p *panel) showApproval(v *visit, status int, f *form) {
	d, ok := p.dossier(v)
	if !ok {
		return
	}
	a := d.Announcement
	place, err := p.s.cfg.Places.Village(v.ctx(), a.Village)
	if err != nil {
		p.fail(v, err)
		return
	}
	w := approvalView{
		ID: a.ID, Title: a.Title, Sub: v.word("announcement.by", v.at(a.Created, v.now), a.CreatedBy), State: v.approvalState(a), Reason: a.Approval.Reason,
		Paragraphs: paragraphs(a.Text), Tongues: p.approvalTongues(v, d), Seen: sightOf(d), Acts: map[string]bool{}, Typed: f.Get("reason"), Faults: f.faults,
	}
	if pin := a.Approval.Pin; pin != nil && pin.Text != a.Text {
		w.Changed = textDiff(pin.Text, a.Text)
	}
	for _, part := range waitingFor(d, place) {
		w.Waits = append(w.Waits, v.waitingPart(part))
	}
	for _, act := range scheduler.ApprovalActs() {
		err := p.s.mayDecide(v.ctx(), v.me, place, d, act)
		if _, no := d.Step(act, place.Approvals); a.Withdrawn.IsZero() && err == nil && no == nil {
			w.Acts[string(act)] = true
		}
		if act == scheduler.ActApprove && (errors.Is(err, errNeedsOfficer) || errors.Is(err, errOwnWords)) || act == scheduler.ActUrge && errors.Is(err, errOverruled) && w.Why == "" {
			w.Why = v.whyNot(err)
		}
	}
	if a.Approval.State == scheduler.Submitted || w.Acts[string(scheduler.ActApprove)] {
		delete(w.Acts, string(scheduler.ActSubmit)) // it is there already, or needs nobody else
	}
	if a.Approval.State == scheduler.Approved && len(w.Waits) == 0 {
		delete(w.Acts, string(scheduler.ActApprove)) // nothing to approve anew
	}
	if a.Withdrawn.IsZero() {
		if err := p.foreseen(v, d, &w); err != nil {
			p.fail(v, err)
			return
		}
	}
	p.render(v, status, "approval", view{Title: a.Title, Tab: "more", Data: w})
}

// foreseenLines is how many turns of a plan an approver reads.
const foreseenLines = 10

// foreseen adds where it will air.
func (p *panel) foreseen(v *visit, d scheduler.Dossier, w *approvalView) error {
	plan, others, err := p.s.foresee(v.ctx(), d)
	if err != nil {
		return err
	}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), d.Announcement.Village)
	if err != nil {
		return err
	}
	w.Displaced = v.seenGroups(prospect{differences: others, now: v.now, horizon: foreseen, slots: slots}, nil)
	for _, o := range plan.Occurrences[:min(len(plan.Occurrences), foreseenLines)] {
		w.Airs = append(w.Airs, v.word("approval.airs", v.at(o.Due, v.now), length(o.Length)))
	}
	if more := len(plan.Occurrences) - foreseenLines; more > 0 {
		w.Airs = append(w.Airs, v.word("approval.airs-more", more))
	}
	for _, o := range plan.Omissions[:min(len(plan.Omissions), foreseenLines)] {
		w.Omitted = append(w.Omitted, v.word("approval.omitted", v.at(o.Occurrence.Nominal, v.now), v.omitted(o, v.now)))
	}
	return nil
}

func (p *panel) approvalTongues(v *visit, d scheduler.Dossier) []approvalTongue {
	var all []approvalTongue
	pin := d.Announcement.Approval.Pin
	for _, r := range d.Renditions {
		if !v.concerns(r) {
			continue
		}
		t := approvalTongue{Name: v.language(r.Language), Length: r.Length, State: v.renditionState(r), Said: p.saidView(v, d.Announcement, r)}
		if r.State != scheduler.Spoken {
			t.Recording = r.Recording
		}
		if pin != nil && (pin.Spoken[r.Language] != r.SpokenText || r.SpokenText == "" && pin.Takes[r.Language] != r.Recording) {
			t.New = r.Recording != "" || r.SpokenText != ""
		}
		all = append(all, t)
	}
	return all
}

// waitingPart words what of an announcement waits.
func (v *visit) waitingPart(part string) string {
	kind, of, _ := strings.Cut(part, ":")
	if kind == "language" {
		return v.word("approval.waits-language", v.lower(v.language(of)))
	}
	return v.word("approval.waits-" + kind)
}

func (v *visit) whyNot(err error) string {
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return v.word("problem." + r.code)
		}
	}
	return v.word("problem.approval-needs-officer")
}

// decideNotice takes a step; what is wrong is shown beside what was typed.
func (p *panel) decideNotice(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	act := f.Get("act")
	step := func(ctx context.Context) error {
		_, err := p.s.decide(ctx, v.me, d, decision{Act: scheduler.ApprovalAct(act), Reason: f.Get("reason"), Seen: f.Get("seen")})
		return err
	}
	if f.goesBack() {
		p.showApproval(v, http.StatusOK, f)
		return
	}
	ask := p.weighed
	if act == string(scheduler.ActApprove) { // its page has shown where it airs
		ask = p.confirmed
	}
	if !ask(v, f, step) {
		return
	}
	err := step(v.ctx())
	var faults scheduler.Invalid
	var already approvedAlready
	switch {
	case err == nil && f.Get("back") == "notice":
		v.goTo("/announcements/"+d.Announcement.ID, "approval-"+act)
	case err == nil:
		v.goTo("/approvals", "approval-"+act)
	case errors.As(err, &faults):
		f.fault("reason", v.word("approval.reason-missing"))
		if faults[0].Code != scheduler.FaultRequired {
			f.fault("reason", faultWords(v.lang, faults[0]))
		}
		p.showApproval(v, http.StatusUnprocessableEntity, f)
	case errors.Is(err, errSeenOther), errors.Is(err, scheduler.ErrRevision):
		f.fault("act", v.word("problem.approval-seen-other"))
		p.showApproval(v, http.StatusConflict, f)
	case errors.Is(err, scheduler.ErrApproval):
		f.fault("act", v.word("problem.approval-state"))
		p.showApproval(v, http.StatusConflict, f)
	case errors.As(err, &already):
		f.fault("act", v.word("problem.approval-already-by", already.by))
		p.showApproval(v, http.StatusConflict, f)
	case errors.Is(err, errNeedsOfficer), errors.Is(err, errOwnWords), errors.Is(err, errOverruled), errors.Is(err, errUnowned):
		f.fault("act", v.whyNot(err))
		p.showApproval(v, http.StatusForbidden, f)
	case errors.Is(err, errNoRight):
		p.problem(v, http.StatusForbidden, "problem.forbidden")
	case errors.Is(err, errWithdrawn):
		p.problem(v, http.StatusConflict, "problem.withdrawn")
	default:
		p.fail(v, err)
	}
}

// giveExpiry gives an announcement an end that has none: as many days as the village's
// rules say, else thirty.
func (p *panel) giveExpiry(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	until := v.expiry(d)
	give := func(ctx context.Context) error { _, err := p.s.edit(ctx, d, change{ValidUntil: &until}); return err }
	if f.goesBack() {
		v.goTo("/announcements/"+d.Announcement.ID, "")
		return
	}
	if !p.confirmed(v, f, give) {
		return
	}
	err := give(v.ctx())
	if errors.Is(err, errWithdrawn) {
		p.problem(v, http.StatusConflict, "problem.withdrawn")
		return
	}
	if err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/announcements/"+d.Announcement.ID, "expiry")
}

// expiry is the end that is proposed for what has none.
func (v *visit) expiry(d scheduler.Dossier) time.Time {
	rules := v.village.Approvals
	if rules.Days == 0 {
		rules.Days = scheduler.UsualApprovals().Days
	}
	if rules.PriorityDays == 0 {
		rules.PriorityDays = scheduler.UsualApprovals().PriorityDays
	}
	return rules.Expiry(d, v.now, v.loc)
}
