package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// approvalForm is what is kept of an approval beside its state.
type approvalForm struct {
	By     string   `json:"by,omitempty"`
	ByID   string   `json:"by_id,omitempty"`
	At     stamp    `json:"at,omitzero"`
	Reason string   `json:"reason,omitempty"`
	Review stamp    `json:"review,omitzero"`
	Need   string   `json:"need,omitempty"`
	Pin    *pinForm `json:"pin,omitempty"`

	Refused string `json:"refused,omitempty"`
}

type pinForm struct {
	At        stamp             `json:"at,omitzero"`
	Title     string            `json:"title,omitempty"`
	Text      string            `json:"text"`
	Bed       string            `json:"bed,omitempty"`
	Class     string            `json:"class"`
	From      stamp             `json:"from,omitzero"`
	Until     stamp             `json:"until,omitzero"`
	Spoken    map[string]string `json:"spoken,omitempty"`
	Takes     map[string]string `json:"takes,omitempty"`
	Schedules []string          `json:"schedules,omitempty"`
}

// approvalOf is an approval as it is kept: ” for that of nobody.
func approvalOf(a scheduler.Approval) (string, error) {
	if a == (scheduler.Approval{}) {
		return "", nil
	}
	f := approvalForm{By: a.By, ByID: a.ByID, At: stamp{a.At}, Reason: a.Reason, Review: stamp{a.Review}, Need: string(a.Need), Refused: a.Refused}
	if p := a.Pin; p != nil {
		f.Pin = &pinForm{
			At: stamp{p.At}, Title: p.Title, Text: p.Text, Bed: p.Bed, Class: string(p.Class), From: stamp{p.From}, Until: stamp{p.Until},
			Spoken: p.Spoken, Takes: p.Takes, Schedules: p.Schedules,
		}
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("keep approval: %w", err)
	}
	return string(raw), nil
}

// approval reads a column approval_form into all but the state.
type approval scheduler.Approval

// Scan implements sql.Scanner.
func (a *approval) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("an approval is kept as %T", src)
	}
	if v == "" {
		return nil
	}
	var f approvalForm
	if err := json.Unmarshal([]byte(v), &f); err != nil {
		return fmt.Errorf("read approval: %w", err)
	}
	a.By, a.ByID, a.At, a.Reason, a.Review, a.Need = f.By, f.ByID, f.At.Time, f.Reason, f.Review.Time, scheduler.Need(f.Need)
	a.Refused = f.Refused
	if p := f.Pin; p != nil {
		a.Pin = &scheduler.Pin{
			At: p.At.Time, Title: p.Title, Text: p.Text, Bed: p.Bed, Class: scheduler.Class(p.Class), From: p.From.Time, Until: p.Until.Time,
			Spoken: p.Spoken, Takes: p.Takes, Schedules: p.Schedules,
		}
	}
	return nil
}

// rulesForm are the approval rules of a village as they are kept, in the database
// and in the standby.
type rulesForm struct {
	Recorder     [2]string      `json:"recorder"` // normal, priority
	Cadre        [2]string      `json:"cadre"`
	Officer      [2]string      `json:"officer"`
	TwoPeople    bool           `json:"two_people,omitempty"`
	LaterTakes   bool           `json:"later_takes,omitempty"`
	Review       int64          `json:"review_ns,omitempty"`
	Days         int            `json:"days,omitempty"`
	PriorityDays int            `json:"priority_days,omitempty"`
	TopicDays    map[string]int `json:"topic_days,omitempty"`
}

func formRules(r scheduler.ApprovalRules) *rulesForm {
	needs := func(n scheduler.ClassNeeds) [2]string { return [2]string{string(n.Normal), string(n.Priority)} }
	f := &rulesForm{
		Recorder: needs(r.Recorder), Cadre: needs(r.Cadre), Officer: needs(r.Officer), TwoPeople: r.TwoPeople, LaterTakes: r.LaterTakes,
		Review: int64(r.Review), Days: r.Days, PriorityDays: r.PriorityDays, TopicDays: r.TopicDays,
	}
	if !r.On() && r.Review == 0 && r.Days == 0 && r.PriorityDays == 0 && len(r.TopicDays) == 0 && !r.LaterTakes {
		return nil
	}
	return f
}

func readRules(f *rulesForm) scheduler.ApprovalRules {
	if f == nil {
		return scheduler.ApprovalRules{}
	}
	needs := func(n [2]string) scheduler.ClassNeeds {
		return scheduler.ClassNeeds{Normal: scheduler.Need(n[0]), Priority: scheduler.Need(n[1])}
	}
	return scheduler.ApprovalRules{
		Recorder: needs(f.Recorder), Cadre: needs(f.Cadre), Officer: needs(f.Officer), TwoPeople: f.TwoPeople, LaterTakes: f.LaterTakes,
		Review: time.Duration(f.Review), Days: f.Days, PriorityDays: f.PriorityDays, TopicDays: f.TopicDays,
	}
}

// rulesOf are rules as they are kept: ” for none.
func rulesOf(r scheduler.ApprovalRules) (string, error) {
	f := formRules(r)
	if f == nil {
		return "", nil
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("keep approval rules: %w", err)
	}
	return string(raw), nil
}

// approvalRules reads a column approvals.
type approvalRules scheduler.ApprovalRules

// Scan implements sql.Scanner.
func (r *approvalRules) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("approval rules are kept as %T", src)
	}
	*r = approvalRules{}
	if v == "" {
		return nil
	}
	var f rulesForm
	if err := json.Unmarshal([]byte(v), &f); err != nil {
		return fmt.Errorf("read approval rules: %w", err)
	}
	*r = approvalRules(readRules(&f))
	return nil
}

// AwaitingApproval lists the living announcements of a village ("": of all) that wait for
// somebody to approve or review them, or a part of them, and are not past their validity at now: those that air
// soonest first, then the oldest.
func (s *Store) AwaitingApproval(ctx context.Context, key string, now time.Time) (list []scheduler.Dossier, err error) {
	err = s.read(ctx, "list what waits for approval", func(tx *sql.Tx) error {
		list, err = dossiers(ctx, tx, "SELECT "+announcementColumns+` FROM announcements WHERE (?1 = '' OR village = ?1) AND deleted_at IS NULL AND withdrawn_at IS NULL
			AND (valid_until_at IS NULL OR valid_until_at > ?2) AND (approval IN ('submitted', 'urgent') OR approval = 'approved' AND approval_form ->> 'need' <> '')
			ORDER BY created_at, id`, key, micros(now))
		if err != nil {
			return err
		}
		soonest := map[string]time.Time{}
		for _, village := range villagesOf(list) {
			of, err := soonestAir(ctx, tx, village, now)
			if err != nil {
				return err
			}
			maps.Copy(soonest, of)
		}
		slices.SortStableFunc(list, func(a, b scheduler.Dossier) int {
			x, y := soonest[a.Announcement.ID], soonest[b.Announcement.ID]
			if x.IsZero() != y.IsZero() {
				return cmp.Compare(y.UnixMicro(), x.UnixMicro()) // the zero time lies far back
			}
			return x.Compare(y)
		})
		return nil
	})
	return list, err
}

// carryApproval keeps approved words approved that a voice reads otherwise because of
// the dictionary: the words are the same. What was not approved is not so now.
func (s *Store) carryApproval(ctx context.Context, tx *sql.Tx, r scheduler.Rendition) error {
	list, err := dossiers(ctx, tx, "SELECT "+announcementColumns+" FROM announcements WHERE id = ? AND deleted_at IS NULL", r.Announcement)
	if err != nil || len(list) == 0 {
		return err
	}
	a := list[0].Announcement
	i := slices.IndexFunc(list[0].Renditions, func(old scheduler.Rendition) bool { return old.ID == r.ID })
	if a.Approval.Pin == nil || i < 0 || r.SpokenText == "" || a.Approval.Pin.Spoken[r.Language] != list[0].Renditions[i].SpokenText {
		return nil
	}
	pin := *a.Approval.Pin
	pin.Spoken = maps.Clone(pin.Spoken)
	pin.Spoken[r.Language], a.Approval.Pin = r.SpokenText, &pin
	v, err := village(ctx, tx, a.Village)
	if err != nil {
		return err
	}
	return s.saveAnnouncement(ctx, tx, a, v.Zone)
}

// villagesOf are the keys of the villages in a list, each once.
func villagesOf(list []scheduler.Dossier) []string {
	var keys []string
	for _, d := range list {
		if !slices.Contains(keys, d.Announcement.Village) {
			keys = append(keys, d.Announcement.Village)
		}
	}
	return keys
}

// pinAll approves what a village airs without anybody's approval as it stands, when
// the village begins to ask for one: what was right yesterday is not silent today.
func (s *Store) pinAll(ctx context.Context, tx *sql.Tx, before, v scheduler.Village) error {
	if before.Approvals.On() || !v.Approvals.On() {
		return nil
	}
	all, err := dossiers(ctx, tx, "SELECT "+announcementColumns+` FROM announcements WHERE village = ? AND deleted_at IS NULL AND withdrawn_at IS NULL
		AND approval IN ('', ?, ?) ORDER BY created_at, id`, v.Key, scheduler.Approved, scheduler.Urgent)
	if err != nil {
		return err
	}
	by := people.ActorOf(ctx)
	for _, d := range all {
		a := d.Announcement
		if a.Approval.State == scheduler.Unasked {
			a.Approval = scheduler.Approval{State: scheduler.Approved, By: by.Name, ByID: by.ID, At: s.cfg.Now().UTC()}
		}
		a.Approval.Pin = scheduler.PinOf(d)
		a.Approval.Pin.At = s.cfg.Now().UTC()
		if err := s.saveAnnouncement(ctx, tx, a, v.Zone); err != nil {
			return err
		}
	}
	return nil
}
