package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

// stationJSON is a higher station as the API shows it.
type stationJSON struct {
	ID       string `json:"id"`
	Village  string `json:"village"`
	Name     string `json:"name"`
	URL      string `json:"url,omitempty" doc:"http or https address of a stream or a playlist."`
	Input    string `json:"input,omitempty" doc:"ALSA name of a line input, such as plughw:CARD=Tuner."`
	Revision int64  `json:"revision"`
}

// relayJSON is a fixed position of a slot at which a station is relayed.
type relayJSON struct {
	Station   string  `json:"station,omitempty" doc:"ID of a station. Exactly one of station and recording."`
	Recording string  `json:"recording,omitempty" doc:"Recording that sounds at this time, such as the hymn of the commune."`
	Offset    float64 `json:"offset,omitempty" minimum:"0" doc:"Seconds from the start of the slot."`
	At        string  `json:"at,omitempty" doc:"The same as a civil time of day, 17:10; where it is given, it counts."`
	Length    float64 `json:"length,omitempty" doc:"Seconds, from 60 on; of a recording that of the recording."`
	Keeps     bool    `json:"keeps,omitempty" doc:"It stays at its time of day when a season, a day or an edit moves the slot."`
	Fallback  string  `json:"fallback,omitempty" doc:"Recording that sounds while the station is lost or silent."`
	Patience  float64 `json:"patience,omitempty" minimum:"0" maximum:"300" doc:"Seconds of silence before that; 5 when left out."`
}

func stationOf(st scheduler.Station) stationJSON {
	return stationJSON{st.ID, st.Village, st.Name, st.URL, st.Input, st.Revision}
}

func slotOf(sl scheduler.Slot) slotJSON {
	j := slotJSON{
		ID: sl.ID, Name: sl.Name, Start: sl.Start.String(), Length: sl.Length.Seconds(), Days: daysOf(sl.Days), Opening: sl.Opening, Closing: sl.Closing,
		Limit: sl.Limit.Seconds(), Seasons: []seasonJSON{}, DaysOff: []slotDayJSON{}, Relays: []relayJSON{}, Revision: sl.Revision,
	}
	for _, x := range sl.Seasons {
		j.Seasons = append(j.Seasons, seasonJSON{fmt.Sprintf("%02d-%02d", int(x.From.Month), x.From.Day), fmt.Sprintf("%02d-%02d", int(x.To.Month), x.To.Day), x.Start.String()})
	}
	for _, x := range sl.DaysOff {
		d := slotDayJSON{Date: civil(x.Date), Off: x.Off}
		if !x.Off {
			d.Start = x.Start.String()
		}
		j.DaysOff = append(j.DaysOff, d)
	}
	for _, r := range sl.Relays {
		j.Relays = append(j.Relays, relayJSON{
			Station: r.Station, Recording: r.Recording, Offset: r.Offset.Seconds(), At: fixedTime(sl.Start, r.Offset), Length: r.Length.Seconds(),
			Fallback: r.Fallback, Patience: r.Patience.Seconds(), Keeps: r.Keeps,
		})
	}
	return j
}

// stationForm is what makes a station.
type stationForm struct {
	Name     string `json:"name"`
	URL      string `json:"url,omitempty" doc:"Exactly one of url and input."`
	Input    string `json:"input,omitempty"`
	Revision int64  `json:"revision,omitempty" minimum:"1" doc:"Of a change: the revision that was read; left out: whatever it is."`
}

type (
	stationsInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	stationsOutput struct {
		Body struct {
			Stations []stationJSON `json:"stations"`
		}
	}
	newStationInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    stationForm
	}
	stationInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	changeStationInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    stationForm
	}
	stationOutput struct {
		Body stationJSON
	}
	tryOutput struct {
		Body tryJSON
	}
	relaysInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    struct {
			Revision int64       `json:"revision,omitempty" minimum:"1" doc:"The revision of the slot that was read; left out: whatever it is."`
			Relays   []relayJSON `json:"relays" maxItems:"12" doc:"All of them: what is not here is relayed no more."`
		}
	}
	slotOutput struct {
		Body slotJSON
	}
)

// tryJSON is what was heard of a station.
type tryJSON struct {
	Code     string  `json:"code,omitempty" doc:"Why it cannot be relayed. Stable; absent when it can."`
	Detail   string  `json:"detail"`
	Format   string  `json:"format,omitempty" doc:"mp3, aac, ogg, flac, mp4, mpegts, matroska, or line."`
	Loudness float64 `json:"loudness,omitempty" doc:"LUFS, before it is levelled."`
}

// tooLoud and tooQuiet are where it is heard that a station is not as loud as
// everything else, LUFS.
const tooLoud, tooQuiet = -16.5, -19.5

func (s *Server) registerRelays(api huma.API) {
	const tag = "stations"
	answer(s, api, operation{"list-stations", http.MethodGet, "/stations", "List the stations that may be relayed", tag, people.View, 0}, s.listStations)
	answer(s, api, operation{"create-station", http.MethodPost, "/stations", "Add a station", tag, people.Administer, http.StatusCreated}, s.createStation)
	answer(s, api, operation{"change-station", http.MethodPut, "/stations/{id}", "Change a station", tag, people.Administer, 0}, s.changeStation)
	answer(s, api, operation{"delete-station", http.MethodDelete, "/stations/{id}", "Remove a station", tag, people.Administer, http.StatusNoContent}, s.deleteStation)
	answer(s, api, operation{"try-station", http.MethodPost, "/stations/{id}/try", "Listen to a station for some seconds and say what was found", tag, people.Administer, 0}, s.tryStation)
	answer(s, api, operation{"put-relays", http.MethodPut, "/slots/{id}/relays", "Say which stations a slot relays, and when", tag, people.Arrange, 0}, s.putRelays)
}

func (s *Server) listStations(ctx context.Context, in *stationsInput) (*stationsOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	all, err := s.cfg.Stations.Stations(ctx, village)
	if err != nil {
		return nil, err
	}
	var out stationsOutput
	out.Body.Stations = []stationJSON{}
	for _, st := range all {
		out.Body.Stations = append(out.Body.Stations, stationOf(st))
	}
	return &out, nil
}

func (f stationForm) apply(st scheduler.Station) scheduler.Station {
	st.Name = strings.TrimSpace(scheduler.Clean(f.Name))
	st.URL, st.Input = strings.TrimSpace(f.URL), strings.TrimSpace(f.Input)
	return st
}

func (s *Server) createStation(ctx context.Context, in *newStationInput) (*stationOutput, error) {
	village, err := in.village(in.Village, people.Administer)
	if err != nil {
		return nil, err
	}
	st := in.Body.apply(scheduler.Station{Owned: s.owned(s.cfg.NewID(), village)})
	if err := s.saveStation(ctx, st); err != nil {
		return nil, err
	}
	st.Revision = 1
	return &stationOutput{Body: stationOf(st)}, nil
}

// known is the station that a call is about.
func (s *Server) known(ctx context.Context, k *Caller, asked, id string) (scheduler.Station, error) {
	village, err := k.village(asked, people.Administer)
	if err != nil {
		return scheduler.Station{}, err
	}
	return s.station(ctx, village, id)
}

func (s *Server) changeStation(ctx context.Context, in *changeStationInput) (*stationOutput, error) {
	st, err := s.known(ctx, &in.Caller, in.Village, in.ID)
	if err != nil {
		return nil, err
	}
	if in.Body.Revision != 0 && in.Body.Revision != st.Revision {
		return nil, scheduler.ErrRevision
	}
	st = in.Body.apply(st)
	st.Updated = s.cfg.Now().UTC()
	if err := s.saveStation(ctx, st); err != nil {
		return nil, err
	}
	st.Revision++
	return &stationOutput{Body: stationOf(st)}, nil
}

func (s *Server) deleteStation(ctx context.Context, in *stationInput) (*removed, error) {
	st, err := s.known(ctx, &in.Caller, in.Village, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Stations.RemoveStation(ctx, st.ID, s.cfg.Now().UTC()); err != nil {
		return nil, err
	}
	s.tellChange(ctx)
	return s.removedOf(ctx, &in.Caller, st.Village, "stations", st.ID), nil
}

func (s *Server) tryStation(ctx context.Context, in *stationInput) (*tryOutput, error) {
	st, err := s.known(ctx, &in.Caller, in.Village, in.ID)
	if err != nil {
		return nil, err
	}
	return &tryOutput{Body: s.tried(ctx, in.lang, st)}, nil
}

// tried listens to a station and words what was found.
func (s *Server) tried(ctx context.Context, lang string, st scheduler.Station) tryJSON {
	if s.cfg.Tuner == nil {
		return tryJSON{Code: "untried", Detail: word(lang, "stations.untried")}
	}
	r := s.cfg.Tuner.Try(ctx, st)
	j := tryJSON{Code: r.Code, Format: r.Format, Loudness: r.Loudness}
	if r.Code == "" {
		p, format := phrase{lang: lang}, r.Format
		if format == "line" {
			format = word(lang, "stations.line")
		}
		code := "stations.found"
		switch off := r.Aired - r.Loudness; {
		case r.Aired >= tooLoud && off < 0:
			code = "stations.found-loud"
		case r.Aired <= tooQuiet && off > 0:
			code = "stations.found-quiet"
		}
		j.Detail = word(lang, code, format, p.number(r.Loudness), p.number(r.Aired))
		return j
	}
	if j.Detail = word(lang, "station-fault."+r.Code); r.Detail != "" {
		j.Detail += " (" + r.Detail + ")"
	}
	return j
}

// putRelays says what a slot relays and plays at fixed times.
func (s *Server) putRelays(ctx context.Context, in *relaysInput) (*slotOutput, error) {
	village, err := in.village(in.Village, people.Arrange)
	if err != nil {
		return nil, err
	}
	slots, err := s.cfg.Places.Slots(ctx, village)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(slots, func(sl scheduler.Slot) bool { return sl.ID == in.ID })
	if i < 0 {
		return nil, in.missing()
	}
	slot := slots[i]
	relays, err := relaysOf(slot.Start, in.Body.Relays)
	if err != nil {
		return nil, err
	}
	if err := s.saveRelays(ctx, slot, in.Body.Revision, relays); err != nil {
		return nil, err
	}
	slot.Relays = relays
	slot.Revision++
	return s.shownSlot(ctx, &in.Caller, slot)
}

// relaysOf reads the fixed positions of a slot that begins at start.
func relaysOf(start scheduler.TimeOfDay, list []relayJSON) (relays []scheduler.SlotRelay, err error) {
	for n, r := range list {
		relay := scheduler.SlotRelay{
			Station: r.Station, Recording: r.Recording, Offset: seconds(r.Offset), Length: seconds(r.Length), Fallback: r.Fallback, Patience: seconds(r.Patience), Keeps: r.Keeps,
		}
		if r.At != "" {
			var ok bool
			if relay.Offset, ok = offsetOf(start, r.At); !ok {
				return nil, scheduler.Invalid{fieldFault("relays", n, "at", "date", "")}
			}
		}
		relays = append(relays, relay)
	}
	return relays, nil
}
