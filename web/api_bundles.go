package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

type (
	foundJSON struct {
		Name        string    `json:"name" doc:"Of its folder or file on the stick."`
		Board       string    `json:"board" doc:"That made it, as people call it."`
		Village     string    `json:"village"`
		Fingerprint string    `json:"fingerprint" doc:"Of that board."`
		Made        time.Time `json:"made"`
		Bytes       int64     `json:"bytes"`
		Trusted     bool      `json:"trusted" doc:"This board takes it."`
		Own         bool      `json:"own" doc:"This board made it."`
	}
	partnerJSON struct {
		Fingerprint string    `json:"fingerprint"`
		Name        string    `json:"name"`
		Since       time.Time `json:"since"`
	}
	bundleLineJSON struct {
		Deed  string           `json:"deed" enum:"new,change,withdraw,same,keep" doc:"Withdraw: it ended on the board that made the bundle, and ends here. Keep: what is here stays."`
		Kind  string           `json:"kind" enum:"notice,word"`
		What  string           `json:"what" doc:"The title, or how a word is written."`
		Why   string           `json:"why,omitempty" doc:"own: it was made here; edited, removed: here, since; older: a newer bundle of that board brought what is here; other: it ended there and came from another board; over: its validity ended there; no-slot: one of its times finds no slot here."`
		Text  string           `json:"text,omitempty" doc:"How a notice that is new or changes begins, or how a word is spoken."`
		Class string           `json:"class,omitempty" doc:"Of a notice that is new or changes."`
		Until *time.Time       `json:"until,omitempty" doc:"End of its validity; absent: none."`
		Airs  []bundleTimeJSON `json:"airs,omitempty" doc:"When it airs here from then on."`
		Ends  []bundleTimeJSON `json:"ends,omitempty" doc:"When it would have aired, and does not from then on."`
	}
	bundleTimeJSON struct {
		Kind    string     `json:"kind" enum:"once,slots,recurring"`
		At      *time.Time `json:"at,omitempty"`
		Slots   []string   `json:"slots,omitempty" doc:"IDs of this board's."`
		Days    []string   `json:"days,omitempty" doc:"Weekdays; none is every day."`
		From    string     `json:"from,omitempty" format:"date"`
		Until   string     `json:"until,omitempty" format:"date"`
		PerSlot int        `json:"per_slot,omitempty"`
		PerDay  int        `json:"per_day,omitempty"`
		Rule    string     `json:"rule,omitempty"`
	}
	bundleResultJSON struct {
		Deed  string           `json:"deed" enum:"export,look,take"`
		Name  string           `json:"name,omitempty"`
		Ended time.Time        `json:"ended"`
		Code  string           `json:"code,omitempty" doc:"Why it failed; absent: it did not."`
		Bytes int64            `json:"bytes"`
		Lines []bundleLineJSON `json:"lines" doc:"What becomes, or became, of everything in it."`
		Seen  string           `json:"seen,omitempty" doc:"What POST /bundles/take asks for: what is done must be what was looked at."`
	}
	bundlesInput  struct{ Caller }
	bundlesOutput struct {
		Body struct {
			Fingerprint string            `json:"fingerprint,omitempty" doc:"Of this board, to be compared by telephone."`
			Stick       bool              `json:"stick" doc:"A stick that bundles are written to is plugged in."`
			Running     string            `json:"running,omitempty" enum:"export,look,take" doc:"What is being done now; absent: nothing."`
			Busy        bool              `json:"busy" doc:"The board looks after its data: nothing can be begun now."`
			Silent      bool              `json:"silent" doc:"The sticks do not answer: what lies on them is not known, and not in found."`
			Found       []foundJSON       `json:"found" doc:"On the sticks."`
			Boards      []partnerJSON     `json:"boards" doc:"Whose bundles are taken."`
			Last        *bundleResultJSON `json:"last,omitempty" doc:"How the last deed since the start ended."`
		}
	}
	lookInput struct {
		Caller
		Body struct {
			Name string `json:"name" maxLength:"255" doc:"As in found."`
		}
	}
	takeInput struct {
		Caller
		Body struct {
			Name string `json:"name" maxLength:"255" doc:"As in found."`
			Seen string `json:"seen" maxLength:"64" doc:"As the look at it said."`
		}
	}
	partnerInput struct {
		Caller
		Fingerprint string `path:"fingerprint" maxLength:"64" doc:"Eight groups of four hex digits."`
		Body        struct {
			Name string `json:"name" maxLength:"64" doc:"What people call that board."`
		}
	}
	formerInput struct {
		Caller
		Fingerprint string `path:"fingerprint" maxLength:"64"`
	}
)

func (s *Server) registerBundles(r *gin.Engine, api huma.API) {
	const tag = "bundles"
	if s.cfg.Courier == nil {
		return
	}
	answer(s, api, operation{"list-bundles", http.MethodGet, "/bundles", "Read which bundles lie on a stick, whose are taken, and how the last deed ended", tag, people.Administer, 0}, s.listBundles)
	answer(s, api, operation{"export-bundle", http.MethodPost, "/bundles/export", "Write the village's notices, words and recordings onto the stick", tag, people.Administer, http.StatusAccepted}, s.exportBundle)
	answer(s, api, operation{"look-at-bundle", http.MethodPost, "/bundles/look", "Copy and prove a bundle, and list what it would change", tag, people.Administer, http.StatusAccepted}, s.lookAtBundle)
	answer(s, api, operation{"take-bundle", http.MethodPost, "/bundles/take", "Take in what was looked at", tag, people.Administer, http.StatusAccepted}, s.takeBundle)
	answer(s, api, operation{"trust-board", http.MethodPut, "/bundles/boards/{fingerprint}", "Take bundles of a board from now on", tag, people.Administer, http.StatusNoContent}, s.putPartner)
	answer(s, api, operation{"distrust-board", http.MethodDelete, "/bundles/boards/{fingerprint}", "Take bundles of a board no more", tag, people.Administer, http.StatusNoContent}, s.deletePartner)
	r.GET(apiRoot+"/bundles/file", s.guard(people.Administer, s.sendBundle))
}

func (s *Server) listBundles(_ context.Context, in *bundlesInput) (*bundlesOutput, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	b := s.cfg.Courier.Bundles()
	var out bundlesOutput
	out.Body.Fingerprint, out.Body.Stick, out.Body.Running = b.Fingerprint, b.Stick, string(b.Running)
	out.Body.Busy, out.Body.Silent = out.Body.Running != "" || b.Busy, b.Silent
	out.Body.Found, out.Body.Boards = []foundJSON{}, []partnerJSON{}
	for _, f := range b.Found {
		out.Body.Found = append(out.Body.Found, foundJSON{f.Name, f.Board, f.Village, f.Fingerprint, f.Made.UTC(), f.Bytes, f.Trusted, f.Own})
	}
	for _, t := range b.Boards {
		out.Body.Boards = append(out.Body.Boards, partnerJSON{t.Fingerprint, t.Name, t.Since.UTC()})
	}
	if l := b.Last; l.Deed != "" {
		last := &bundleResultJSON{string(l.Deed), l.Name, l.Ended.UTC(), l.Code, l.Bytes, []bundleLineJSON{}, l.Seen}
		for _, line := range l.Lines {
			last.Lines = append(last.Lines, bundleLineJSON{
				Deed: line.Deed, Kind: line.Kind, What: line.What, Why: line.Why, Text: line.Text, Class: line.Class, Until: instantOf(line.Until),
				Airs: bundleTimes(line.Airs), Ends: bundleTimes(line.Ends),
			})
		}
		out.Body.Last = last
	}
	return &out, nil
}

func bundleTimes(list []scheduler.Schedule) (out []bundleTimeJSON) {
	for _, sc := range list {
		out = append(out, bundleTimeJSON{string(sc.Kind), instantOf(sc.At), sc.Slots, daysOf(sc.Days), civil(sc.From), civil(sc.Until), sc.PerSlot, sc.PerDay, sc.Rule})
	}
	return out
}

func (s *Server) exportBundle(ctx context.Context, in *bundlesInput) (*nothing, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	return nil, s.carry(ctx, BundleOrder{Deed: ExportBundle})
}

func (s *Server) lookAtBundle(ctx context.Context, in *lookInput) (*nothing, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	return nil, s.carry(ctx, BundleOrder{Deed: LookAtBundle, Name: in.Body.Name})
}

func (s *Server) takeBundle(ctx context.Context, in *takeInput) (*nothing, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	return nil, s.carry(ctx, BundleOrder{TakeBundle, in.Body.Name, in.Body.Seen})
}

// errNotLookedAt says that a bundle is to be taken in that nobody has looked at.
var errNotLookedAt = errors.New("nobody has looked at what the bundle would change: look first")

// carry begins a deed. What changes the board's notices, or carries them away, stands in
// the history, and nothing is taken in unseen.
func (s *Server) carry(ctx context.Context, o BundleOrder) error {
	if o.Deed == TakeBundle {
		last := s.cfg.Courier.Bundles().Last
		if o.Seen == "" || last.Deed != LookAtBundle || last.Name != o.Name || last.Seen != o.Seen {
			return errNotLookedAt
		}
	}
	if err := s.cfg.Courier.Carry(o); err != nil {
		return err
	}
	switch o.Deed {
	case TakeBundle:
		s.noteBundle(ctx, o.Name, "brought-in", nil, o.Name)
	case ExportBundle:
		s.noteBundle(ctx, s.cfg.Village, "taken", nil, "usb")
	}
	return nil
}

// What the history has of bundles, and of the boards whose bundles are taken.
const (
	bundleKind   = "bundles"
	trustedField = "trusted"
)

// noteBundle tells the history who did what about bundles.
func (s *Server) noteBundle(ctx context.Context, record, field string, before, after any) {
	s.noteOrLog(ctx, people.Change{Kind: bundleKind, Record: record, Deed: people.Altered, Fields: []people.FieldChange{{Name: field, Before: before, After: after}}})
}

// partnerNameMost bounds what a board is called, in characters.
const partnerNameMost = 64

func (s *Server) putPartner(ctx context.Context, in *partnerInput) (*nothing, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	return nil, s.trustBoard(ctx, in.Fingerprint, in.Body.Name)
}

// trustBoard takes bundles of a board from now on; ErrFingerprint.
func (s *Server) trustBoard(ctx context.Context, fingerprint, name string) error {
	name = strings.TrimSpace(name)
	if runes := []rune(name); len(runes) > partnerNameMost {
		name = string(runes[:partnerNameMost])
	}
	t, err := s.cfg.Partners.TrustBoard(fingerprint, name)
	if err != nil {
		return err
	}
	s.noteBundle(ctx, t.Fingerprint, trustedField, nil, t.Name)
	return nil
}

func (s *Server) deletePartner(ctx context.Context, in *formerInput) (*removed, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	t, err := s.distrustBoard(ctx, in.Fingerprint)
	if err != nil {
		return nil, err
	}
	return s.removedOf(ctx, &in.Caller, s.cfg.Village, bundleKind, t.Fingerprint), nil
}

// distrustBoard takes bundles of a board no more, and returns it as it was kept.
func (s *Server) distrustBoard(ctx context.Context, fingerprint string) (TrustedBoard, error) {
	t, err := s.cfg.Partners.DistrustBoard(fingerprint)
	if err == nil {
		s.noteBundle(ctx, t.Fingerprint, trustedField, t.Name, nil)
	}
	return t, err
}

// distrusted is what a board was called of which an entry of the history says that its
// bundles are taken no more; empty: it says nothing of the kind.
func distrusted(c people.Change) string {
	if c.Kind != bundleKind || len(c.Fields) != 1 || c.Fields[0].Name != trustedField || !unset(c.Fields[0].After) {
		return ""
	}
	name, _ := c.Fields[0].Before.(string)
	return name
}

// trustAgain takes bundles of a board again that an entry of the history says were taken
// no more; errUndone when they are taken again already.
func (s *Server) trustAgain(ctx context.Context, _ people.Principal, c people.Change) error {
	if s.cfg.Courier == nil || slices.ContainsFunc(s.cfg.Courier.Bundles().Boards, func(t TrustedBoard) bool { return t.Fingerprint == c.Record }) {
		return errUndone
	}
	return s.trustBoard(ctx, c.Record, distrusted(c))
}

// sendBundle makes this board's bundle as it is sent, as one file: `loalang bundle import`
// takes it, and so does the page when it lies on a stick. What is cut short shows, for its
// list comes last.
func (s *Server) sendBundle(k *Caller) {
	if err := k.administers(); err != nil {
		k.fail(err)
		return
	}
	s.noteBundle(k.c.Request.Context(), s.cfg.Village, "taken", nil, "file")
	s.sendMade(k, "loalang-"+s.cfg.Village+s.cfg.Now().UTC().Format("-20060102-150405Z")+".loabundle.tar", s.cfg.Courier.WriteBundle)
}

// describeBundles describes what huma does not serve.
func (s *Server) describeBundles(doc *huma.OpenAPI) {
	if s.cfg.Courier == nil {
		return
	}
	file := map[string]*huma.MediaType{"application/x-tar": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	doc.AddOperation(&huma.Operation{
		OperationID: "download-bundle", Method: http.MethodGet, Path: apiRoot + "/bundles/file", Tags: []string{"bundles"},
		Summary:     "Take the village's notices, words and recordings away as one file",
		Description: "A tar that `loalang bundle import` takes, made as it is sent. Needs the right: administer.",
		Responses:   map[string]*huma.Response{"200": {Description: "The file", Content: file}},
	})
}
