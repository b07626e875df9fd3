package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler"
)

// rulesView is the form of a village's approval rules.
type rulesView struct {
	Rows                       []rulesRow
	TwoPeople, LaterTakes      bool
	Review, Days, PriorityDays string
	Topics                     string // "hop-thon 7", a line each
	Revision                   int64
	Faults                     map[string]string
}

// rulesRow is what the announcements of one role need.
type rulesRow struct {
	Name    string
	Choices []rulesChoice
}

type rulesChoice struct {
	Field, Class string
	Needs        []choiceView
	Fault        string
}

func (p *panel) approvalRules(v *visit) { p.showRules(v, http.StatusOK, nil) }

// showRules draws the rules as they are, or as they were just typed.
func (p *panel) showRules(v *visit, status int, f *form) {
	place, err := p.s.cfg.Places.Village(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	r := place.Approvals
	w := rulesView{
		TwoPeople: r.TwoPeople, LaterTakes: r.LaterTakes, Review: strconv.FormatFloat(r.Within(v.now).Sub(v.now).Hours(), 'f', -1, 64),
		Days: strconv.Itoa(r.Days), PriorityDays: strconv.Itoa(r.PriorityDays), Topics: topicLines(r.TopicDays), Revision: place.Revision, Faults: map[string]string{},
	}
	if f != nil {
		w.TwoPeople, w.LaterTakes, w.Review = f.Get("two_people") != "", f.Get("later_takes") != "", f.Get("review_hours")
		w.Days, w.PriorityDays, w.Topics, w.Faults = f.Get("days"), f.Get("priority_days"), f.Get("topics"), f.faults
	}
	for _, role := range []struct {
		code string
		is   scheduler.ClassNeeds
	}{{"recorder", r.Recorder}, {"cadre", r.Cadre}, {"officer", r.Officer}} {
		row := rulesRow{Name: v.lower(v.word("role." + role.code))}
		for _, class := range []struct {
			code string
			need scheduler.Need
		}{{"normal", role.is.Normal}, {"priority", role.is.Priority}} {
			c := rulesChoice{Field: role.code + "_" + class.code, Class: v.word("class." + class.code)}
			need := string(class.need)
			if f != nil {
				need, c.Fault = string(needOf(f.Get(c.Field))), f.faults[c.Field]
			}
			for _, n := range scheduler.Needs() {
				value := string(n)
				if n == scheduler.NeedNone {
					value = "none"
				}
				c.Needs = append(c.Needs, choiceView{Value: value, Name: v.word("need." + value), Checked: string(n) == need})
			}
			row.Choices = append(row.Choices, c)
		}
		w.Rows = append(w.Rows, row)
	}
	p.render(v, status, "approvalrules", view{Title: v.word("rules.approvals"), Tab: "more", Data: w})
}

func (p *panel) saveApprovalRules(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	rules := v.typedRules(f)
	revision, err := strconv.ParseInt(f.Get("revision"), 10, 64)
	if err != nil {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	set := func(ctx context.Context) error {
		_, err := p.s.setRules(ctx, v.village.Key, rules, revision)
		return err
	}
	switch {
	case len(f.faults) > 0:
	case f.goesBack():
		p.showRules(v, http.StatusOK, f)
		return
	case !p.weighed(v, f, set):
		return
	default:
		err = set(v.ctx())
	}
	var faults scheduler.Invalid
	switch {
	case errors.As(err, &faults):
		for _, fault := range faults {
			field, _, _ := strings.Cut(fault.Field, ".")
			if field == "topic_days" {
				field = "topics"
			}
			f.fault(field, faultWords(v.lang, fault))
		}
		p.showRules(v, http.StatusUnprocessableEntity, f)
	case len(f.faults) > 0:
		p.showRules(v, http.StatusUnprocessableEntity, f)
	case err != nil:
		p.fail(v, err)
	default:
		v.goTo("/approvals/rules", "approval-rules")
	}
}

// typedRules reads the form; faults stand in it.
func (v *visit) typedRules(f *form) scheduler.ApprovalRules {
	needs := func(role string) scheduler.ClassNeeds {
		return scheduler.ClassNeeds{Normal: needOf(f.Get(role + "_normal")), Priority: needOf(f.Get(role + "_priority"))}
	}
	number := func(field, text string, most int) int {
		if strings.TrimSpace(text) == "" {
			return 0
		}
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 || n > most {
			f.fault(field, v.word("rules.number", most))
		}
		return n
	}
	r := scheduler.ApprovalRules{
		Recorder: needs("recorder"), Cadre: needs("cadre"), Officer: needs("officer"),
		TwoPeople: f.Get("two_people") != "", LaterTakes: f.Get("later_takes") != "",
		Review: time.Duration(number("review_hours", f.Get("review_hours"), 168)) * time.Hour,
		Days:   number("days", f.Get("days"), scheduler.MaxValidDays), PriorityDays: number("priority_days", f.Get("priority_days"), scheduler.MaxValidDays),
	}
	for line := range strings.Lines(f.Get("topics")) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 2 {
			f.fault("topics", v.word("rules.topic-line", strings.TrimSpace(line)))
			continue
		}
		if r.TopicDays == nil {
			r.TopicDays = map[string]int{}
		}
		r.TopicDays[words[0]] = number("topics", words[1], scheduler.MaxValidDays)
	}
	return r
}
