package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"loalang/scheduler"
)

// stationsView is the page of stations, the last row of which is a new one.
type stationsView struct {
	Rows []stationRow
	// typed is the form that is wrong, tried what was heard of the station of an ID.
	typed *form
	tried map[string]tryJSON
}

type stationRow struct {
	ID, Name, URL, Input string
	Revision             int64
	Faults               map[string]string
	Heard, Lost          string // what trying it gave, a sentence
}

func (p *panel) showStations(v *visit, status int, w stationsView) {
	all, err := p.s.cfg.Stations.Stations(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	for _, st := range append(all, scheduler.Station{}) {
		row := stationRow{ID: st.ID, Name: st.Name, URL: st.URL, Input: st.Input, Revision: st.Revision, Faults: map[string]string{}}
		if f := w.typed; f != nil && f.Get("id") == st.ID {
			row.Name, row.URL, row.Input, row.Faults = f.Get("name"), f.Get("url"), f.Get("input"), f.faults
		}
		if t, ok := w.tried[st.ID]; ok && t.Code == "" {
			row.Heard = t.Detail
		} else if ok {
			row.Lost = t.Detail
		}
		w.Rows = append(w.Rows, row)
	}
	p.render(v, status, "stations", view{Title: v.word("stations.title"), Tab: "more", Data: w})
}

// saveStation adds a station, or changes the one that the form names.
func (p *panel) saveStation(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	st := scheduler.Station{Owned: p.owned(v, p.s.cfg.NewID())}
	if id := f.Get("id"); id != "" {
		if st, err = p.s.station(v.ctx(), v.village.Key, id); err != nil {
			p.fail(v, err)
			return
		}
		if st.Revision, err = strconv.ParseInt(f.Get("revision"), 10, 64); err != nil || st.Revision < 1 {
			p.problem(v, http.StatusBadRequest, "problem.bad-form")
			return
		}
		st.Updated = v.now.UTC()
	}
	st = stationForm{Name: f.Get("name"), URL: f.Get("url"), Input: f.Get("input")}.apply(st)
	if f.goesBack() {
		p.showStations(v, http.StatusOK, stationsView{typed: f})
		return
	}
	save := func(ctx context.Context) error { return p.s.saveStation(ctx, st) }
	if !p.weighed(v, f, save) {
		return
	}
	err = save(v.ctx())
	var faults scheduler.Invalid
	switch {
	case errors.As(err, &faults):
		for _, fault := range faults {
			f.fault(fault.Field, faultWords(v.lang, fault))
		}
		p.showStations(v, http.StatusUnprocessableEntity, stationsView{typed: f})
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	case err != nil:
		p.fail(v, err)
	default:
		v.goTo("/stations", "station-saved")
	}
}

func (p *panel) removeStation(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	st, err := p.s.station(v.ctx(), v.village.Key, v.c.Param("id"))
	remove := func(ctx context.Context) error { return p.s.cfg.Stations.RemoveStation(ctx, st.ID, v.now.UTC()) }
	switch {
	case err != nil:
	case f.goesBack():
		v.goTo("/stations", "")
		return
	case !p.weighedTo(v, f, "stations.remove", remove):
		return
	default:
		err = remove(v.ctx())
	}
	if err != nil && !isMissing(err) { // removed before: as wished
		p.fail(v, err)
		return
	}
	p.s.cfg.Changed()
	v.took(p, "stations", st.ID)
	v.goTo("/stations", "station-removed")
}

// tryStation listens for some seconds and shows what was found beside the station.
func (p *panel) tryStation(v *visit) {
	st, err := p.s.station(v.ctx(), v.village.Key, v.c.Param("id"))
	if err != nil {
		p.fail(v, err)
		return
	}
	tried := p.s.tried(v.ctx(), v.lang, st)
	p.showStations(v, http.StatusOK, stationsView{tried: map[string]tryJSON{st.ID: tried}})
}
