package web

import (
	"context"
	"math"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/audio"
	"loalang/hardware"
	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// airJSON is what the village hears now.
type airJSON struct {
	Village   string         `json:"village"`
	At        time.Time      `json:"at"`
	State     string         `json:"state" enum:"idle,settling,playing,emergency" doc:"settling: the amplifier is on, no sound yet."`
	OnAir     *onAirJSON     `json:"on_air,omitempty" doc:"What the amplifier is on for; an emergency sounds over it."`
	Emergency *emergencyJSON `json:"emergency,omitempty" doc:"The newest that is active."`
	// Emergencies alternate when there are several.
	Emergencies []emergencyJSON `json:"emergencies,omitempty" doc:"All that are active, the oldest first; they sound in turn."`
	Device      string          `json:"device" doc:"What is open; empty when nothing."`
	Audible     bool            `json:"audible" doc:"False without a sound card: nothing is heard but by listening in."`
	Up          bool            `json:"up" doc:"The output holds its device."`
	Fault       string          `json:"fault,omitempty" doc:"What is weaker than asked."`
	Trouble     string          `json:"trouble,omitempty" enum:"absent,held,denied,broken" doc:"Why no sound card is played on: absent is to be plugged in, held is in use by another program, denied needs rights, broken is anything else."`
	Drill       *drillingJSON   `json:"drill,omitempty" doc:"A test of the emergency path that has begun; no emergency."`
	DeadAir     *deadAirJSON    `json:"dead_air,omitempty" doc:"Silence where a voice was due; shown until a voice is heard again."`
	Lost        *lostJSON       `json:"lost,omitempty" doc:"Something is being sent that the monitor input does not hear, or as something else, for 8 s or longer."`
	Level       levelJSON       `json:"level"`
	Underruns   int64           `json:"underruns" doc:"How often the card ran dry since the output's process started."`
	Restarts    int64           `json:"restarts"`
	RealTime    bool            `json:"real_time"`
	Latency     float64         `json:"latency" doc:"Seconds from mixing a frame to hearing it."`
	Buffer      float64         `json:"buffer" doc:"Seconds of sound that the card holds; 0 without a card."`
	Learned     bool            `json:"buffer_learned" doc:"The buffer is larger than asked, because the card ran dry before."`
	Weak        []string        `json:"weak,omitempty" enum:"priority,memory,buffer,moved,slow" doc:"What fault says, as codes: no real-time priority, memory not locked, a buffer that makes emergencies late, another card than before, a card that runs dry though its buffer is the largest."`
	Amp         ampJSON         `json:"amp"`
	Clock       clockJSON       `json:"clock"`
}

// deadAirJSON is something that is silent though it should be heard.
type deadAirJSON struct {
	Occurrence string    `json:"occurrence"`
	Title      string    `json:"title"`
	Language   string    `json:"language,omitempty"`
	Since      time.Time `json:"since"`
}

// lostJSON is something that is not heard though it is being sent.
type lostJSON struct {
	Occurrence string    `json:"occurrence"`
	Title      string    `json:"title"`
	Heard      string    `json:"heard" enum:"silent,wrong"`
	Since      time.Time `json:"since"`
}

// levelJSON is what left the mixer in the last tenth of a second.
type levelJSON struct {
	RMS  float64 `json:"rms" doc:"dBFS; -120 is silence."`
	Peak float64 `json:"peak" doc:"dBFS."`
}

type onAirJSON struct {
	Occurrence   string     `json:"occurrence"`
	Kind         string     `json:"kind"`
	Announcement string     `json:"announcement,omitempty"`
	Title        string     `json:"title"`
	Class        string     `json:"class,omitempty"`
	Part         string     `json:"part,omitempty" doc:"What of it sounds."`
	Language     string     `json:"language,omitempty"`
	Started      *time.Time `json:"started,omitempty"`
	Ends         *time.Time `json:"ends,omitempty"`
}

// emergencyJSON is an emergency as the API shows it.
type emergencyJSON struct {
	ID         string    `json:"id"`
	Title      string    `json:"title"`
	Reason     string    `json:"reason"`
	Source     string    `json:"source,omitempty"`
	Text       string    `json:"text,omitempty"`
	Languages  []string  `json:"languages" doc:"None is all of the village."`
	Zones      []string  `json:"zones" doc:"None is all."`
	Repeat     int       `json:"repeat" doc:"Cycles of siren and message; 0 is until it ends."`
	Raised     time.Time `json:"raised"`
	RaisedBy   string    `json:"raised_by"`
	Supersedes string    `json:"supersedes,omitempty" doc:"ID of the one that this one replaced."`
	Expires    time.Time `json:"expires" doc:"It never sounds after this instant."`
	Siren      bool      `json:"siren" doc:"Before the words; false: words alone."`
	AllClear   bool      `json:"all_clear,omitempty" doc:"It tells that the danger is over: words without a siren, said repeat times."`

	Messages []messageJSON      `json:"messages,omitempty" doc:"What is said in single languages instead of the text."`
	Sounding *bool              `json:"sounding,omitempty" doc:"In the air: the sound card plays it, now or in its turn, with the amplifier on."`
	Spoken   []string           `json:"spoken,omitempty" doc:"In the air: languages whose words are read after the siren so far."`
	Faults   []emergencyTrouble `json:"faults,omitempty" doc:"In the air: what keeps it from being heard as it was meant."`
	Warnings []ProblemFault     `json:"warnings,omitempty" doc:"In the answer to raising it: what was wrong in the request and was repaired, for an emergency is not refused for a detail."`
}

// emergencyTrouble is one thing that is wrong with an active emergency.
type emergencyTrouble struct {
	Code     string `json:"code" enum:"device,amplifier,resting,bypass,unheard,other-sound,zone,rest-zone,waiting,fallback,wordless,instead,no-voice,no-engine,no-words,no-import,spoken-too-long,disk-full,production,recording-gone" doc:"Stable. Nobody hears it: device (no sound card), amplifier (it is off), resting (it must stay off for a moment still), bypass (it is on its own microphone), unheard and other-sound (the monitor input hears nothing, or something else, for 8 s or longer). Of a zone: zone, rest-zone. waiting: behind another emergency. The others are about its words."`
	Language string `json:"language,omitempty" doc:"That is not read; about all of it when left out."`
	Zone     string `json:"zone,omitempty" doc:"Of the codes zone and rest-zone: whose loudspeakers are off, while others are on."`
	Detail   string `json:"detail" doc:"What is wrong and what to do."`
}

type ampJSON struct {
	Keyed     bool       `json:"keyed"`
	Since     *time.Time `json:"since,omitempty"`
	Settle    float64    `json:"settle" doc:"Seconds."`
	Tail      float64    `json:"tail" doc:"Seconds."`
	Simulated bool       `json:"simulated"`
	Missing   bool       `json:"missing,omitempty" doc:"Its line, or that of a zone, cannot be had; it is asked for again every five seconds."`
	Trouble   string     `json:"trouble,omitempty" enum:"busy,absent,denied,mute,guard" doc:"What fault says: another program holds its line, there is no such line or port, this user may not use it, it does not answer, it was on for too long and was switched off."`
	Fault     string     `json:"fault,omitempty"`
	Advice    string     `json:"advice,omitempty" doc:"What is wrong and what to do, in the language of the call."`
	Zones     []zoneJSON `json:"zones,omitempty" doc:"Loudspeakers that are switched apart; absent where all are one."`
	Bypass    string     `json:"bypass,omitempty" enum:"on,off,unknown" doc:"The amplifier's own microphone: while it is on nobody hears the board. Unknown when the input cannot be read; absent when nothing senses it."`
}

// zoneJSON is one zone of the amplifier.
type zoneJSON struct {
	Name    string     `json:"name"`
	Keyed   bool       `json:"keyed"`
	Since   *time.Time `json:"since,omitempty"`
	Settle  float64    `json:"settle" doc:"Seconds."`
	Trouble string     `json:"trouble,omitempty" enum:"busy,absent,denied,mute,guard"`
	Fault   string     `json:"fault,omitempty"`
}

// ampOf shows the amplifier; what is wrong is worded in lang.
func ampOf(a hardware.AmpState, lang string) ampJSON {
	j := ampJSON{
		Keyed: a.Keyed, Since: instantOf(a.Since), Settle: a.Settle.Seconds(), Tail: a.Tail.Seconds(),
		Simulated: a.Simulated, Missing: a.Missing, Trouble: string(a.Trouble), Fault: a.Fault, Bypass: bypassOf(a.Bypass),
	}
	if a.Fault != "" {
		j.Advice = phrase{lang: lang}.ampFault(a)
	}
	for _, z := range a.Zones {
		j.Zones = append(j.Zones, zoneJSON{z.Name, z.Keyed, instantOf(z.Since), z.Settle.Seconds(), string(z.Trouble), z.Fault})
	}
	return j
}

// bypassOf is the amplifier's own microphone as a code.
func bypassOf(b hardware.BypassState) string {
	switch {
	case !b.Sensed:
		return ""
	case b.Fault != "":
		return "unknown"
	case b.On:
		return "on"
	}
	return "off"
}

// airOf shows the air; what is wrong is worded in lang.
func airOf(a playout.Air, lang string) airJSON {
	j := airJSON{
		Village: a.Village, At: a.At.UTC(), State: stateOf(a), Device: a.Output.Device, Audible: a.Output.Audible, Up: a.Output.Up,
		Fault: a.Output.Fault, Trouble: string(a.Output.Trouble), Level: levelOf(a), Underruns: a.Output.Underruns, Restarts: a.Output.Restarts, RealTime: a.Output.RealTime,
		Latency: a.Output.Latency.Seconds(), Buffer: a.Output.Buffer.Seconds(), Learned: a.Output.Learned,
		Amp:   ampOf(a.Amp, lang),
		Clock: clockOf(a.Clock),
	}
	for _, w := range a.Output.Weak {
		j.Weak = append(j.Weak, string(w))
	}
	if on := a.OnAir; on != nil {
		o := on.Occurrence
		j.OnAir = &onAirJSON{
			Occurrence: o.ID, Kind: string(o.Kind), Announcement: o.Announcement, Title: o.Title, Class: string(o.Class),
			Part: string(on.Part), Language: on.Language, Started: instantOf(on.Started), Ends: instantOf(on.Ends),
		}
	}
	if d := a.Drill; d != nil {
		j.Drill = &drillingJSON{d.Occurrence, d.Title, d.Silent, d.By, d.Started.UTC()}
	}
	if d := a.DeadAir; d != nil {
		j.DeadAir = &deadAirJSON{d.Occurrence, d.Title, d.Language, d.Since.UTC()}
	}
	if l := a.Lost; l != nil {
		j.Lost = &lostJSON{l.Occurrence, l.Title, string(l.As), l.Since.UTC()}
	}
	for _, e := range a.Emergencies {
		j.Emergencies = append(j.Emergencies, liveOf(e, lang))
	}
	if n := len(j.Emergencies); n > 0 {
		j.Emergency = &j.Emergencies[n-1]
	}
	return j
}

func stateOf(a playout.Air) string {
	switch {
	case a.Emergency != nil:
		return "emergency"
	case a.OnAir == nil:
		return "idle"
	case a.OnAir.Started.IsZero():
		return "settling"
	}
	return "playing"
}

func levelOf(a playout.Air) levelJSON {
	return levelJSON{decibels(a.Output.Levels.RMS), decibels(a.Output.Levels.Peak)}
}

// decibels is a level to a tenth. JSON has no infinity: silence is -120.
func decibels(d audio.Decibels) float64 {
	if v := float64(d); v > -120 { // NaN is not
		return math.Round(min(v, 60)*10) / 10
	}
	return -120
}

// tenth is a level in dB to a tenth, hundredth a share to a hundredth.
func tenth(v float64) float64     { return math.Round(v*10) / 10 }
func hundredth(v float64) float64 { return math.Round(v*100) / 100 }

func emergencyOf(e scheduler.Emergency) emergencyJSON {
	return emergencyJSON{
		ID: e.ID, Title: e.Title, Reason: e.Reason, Source: e.Source, Text: e.Text, Languages: entries(e.Languages), Zones: entries(e.Zones),
		Repeat: e.Repeat, Raised: e.Raised.UTC(), RaisedBy: e.RaisedBy, Expires: e.Expires.UTC(),
		Supersedes: e.Supersedes, AllClear: e.AllClear, Siren: !e.AllClear && !e.NoSiren, Messages: messagesJSON(e.Messages),
	}
}

// liveOf shows an emergency that is active.
func liveOf(e playout.ActiveEmergency, lang string) emergencyJSON {
	j := emergencyOf(e.Emergency)
	j.Sounding, j.Spoken = &e.Sounding, e.Spoken
	for _, f := range e.Faults {
		j.Faults = append(j.Faults, emergencyTrouble{f.Code, f.Language, f.Zone, troubleWords(lang, e, f)})
	}
	return j
}

// troubleWords says what is wrong with an active emergency.
func troubleWords(lang string, e playout.ActiveEmergency, f playout.EmergencyFault) string {
	p := phrase{lang: lang}
	rests := int(math.Ceil(f.Rests.Seconds()))
	switch {
	case f.Code == playout.TroubleResting:
		return p.word("emergency-fault."+f.Code, rests)
	case f.Zone != "":
		return p.word("emergency-fault."+f.Code, f.Zone, rests)
	}
	said := upper(p.word("emergency-fault."+f.Code, p.lower(p.language(f.Language))))
	sirens := !e.AllClear && (!e.NoSiren || len(e.Spoken) == 0)
	if sirens && f.Language != "" && f.Code != playout.TroubleInstead { // it is heard all the same
		said += " " + p.word("emergency.siren-sounds")
	}
	return said
}

type (
	airInput  struct{ Caller }
	airOutput struct {
		Body airJSON
	}
	stopInput struct {
		Caller
		Occurrence string `query:"occurrence" doc:"ID of the occurrence to stop; what sounds now when left out. Give it, or what follows may be hit."`
	}
)

func (s *Server) registerAir(api huma.API) {
	const tag = "air"
	answer(s, api, operation{"get-air", http.MethodGet, "/air", "Read what the village hears now", tag, people.View, 0}, s.getAir)
	answer(s, api, operation{"stop-air", http.MethodDelete, "/air", "Stop the occurrence that sounds", tag, people.Plan, http.StatusNoContent}, s.stopOccurrence)
}

func (s *Server) getAir(_ context.Context, in *airInput) (*airOutput, error) {
	a := s.cfg.Air.Air()
	if _, err := in.village(a.Village, people.View); err != nil {
		return nil, err
	}
	return &airOutput{Body: airOf(a, in.lang)}, nil
}

func (s *Server) stopOccurrence(ctx context.Context, in *stopInput) (*nothing, error) {
	a := s.cfg.Air.Air()
	if _, err := in.village(a.Village, people.Plan); err != nil {
		return nil, err
	}
	occurrence := in.Occurrence
	if occurrence == "" {
		if a.OnAir == nil {
			return nil, playout.ErrNotOnAir
		}
		occurrence = a.OnAir.Occurrence.ID
	}
	return nil, s.cfg.Air.Stop(ctx, occurrence, in.who.Name)
}
