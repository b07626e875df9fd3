package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/playout"
	"loalang/proof"
)

// monitorJSON is the monitor input as it is now.
type monitorJSON struct {
	Configured   bool              `json:"configured" doc:"False: nothing listens to the loudspeakers."`
	Device       string            `json:"device,omitempty"`
	Up           bool              `json:"up" doc:"Sound comes from it."`
	Trouble      string            `json:"trouble,omitempty" enum:"gone,stalled,program,broken" doc:"Why not: gone is to be plugged in or is held by another program, stalled gives nothing, program is arecord that is missing."`
	Fault        string            `json:"fault,omitempty" doc:"What the system said."`
	Level        float64           `json:"level" doc:"dBFS of what it hears now, in the band of speech; -120 is silence."`
	Void         string            `json:"void,omitempty" enum:"before,device,capture,control" doc:"Why the last calibration does not hold: an older version made it and a volume control is fitted, or it was made with another card, with its input turned up otherwise, or with another volume control of the output."`
	Calibrated   bool              `json:"calibrated" doc:"False: it is not told whether anything was heard, for crosstalk would count."`
	Unread       bool              `json:"unread,omitempty" doc:"Whether it was calibrated could not be read from the database: it is asked again, and nothing is measured meanwhile."`
	Gate         *gateJSON         `json:"gate,omitempty"`
	Calibrations []calibrationJSON `json:"calibrations" doc:"The newest first, at most 12."`
}

// gateJSON is what the monitor input hears of one sound.
type gateJSON struct {
	Off   *float64 `json:"off,omitempty" doc:"dBFS with the amplifier off; absent where that tells nothing: nothing can be switched off, or what is off hisses."`
	On    float64  `json:"on" doc:"dBFS with the amplifier on."`
	Sent  float64  `json:"sent" doc:"dBFS of the sound as it was sent."`
	Fader float64  `json:"fader,omitempty" doc:"dB where the volume control of the output stood, which is behind what was sent."`
}

// calibrationJSON is one calibration.
type calibrationJSON struct {
	ID     string     `json:"id"`
	Asked  time.Time  `json:"asked"`
	By     string     `json:"by"`
	Ended  *time.Time `json:"ended,omitempty" doc:"Absent: it waits, or is under way."`
	Cause  string     `json:"cause,omitempty" enum:"too-near,not-heard,not-sent,no-monitor,no-device,busy,hours,clock,amplifier,interrupted,too-faint,control" doc:"Why it was refused; absent: its levels hold."`
	Detail string     `json:"detail"`
	Gate   *gateJSON  `json:"gate,omitempty" doc:"What was measured, also where it was refused."`
	Score  float64    `json:"score" doc:"How well the sound was known again with the amplifier on; 0.4 or more is needed."`
}

// proofJSON is what the monitor input heard of an occurrence.
type proofJSON struct {
	Heard   string  `json:"heard" enum:"yes,silent,wrong,not-measured"`
	Why     string  `json:"why,omitempty" enum:"no-monitor,uncalibrated,unread,too-short,too-soft,nothing-sent,elsewhere,bypass" doc:"Why it was not measured."`
	Score   float64 `json:"score" doc:"Mean correlation of its windows, -1 to 1; from 0.4 on it is what was sent."`
	Share   float64 `json:"share" doc:"Part of its windows that were heard, 0 to 1."`
	Windows int     `json:"windows" doc:"Of 4 s that were compared."`
	Missed  int     `json:"missed,omitempty" doc:"Windows of which the monitor input gave nothing."`
	Level   float64 `json:"level" doc:"dBFS of what was heard while something was sent."`
	Sent    float64 `json:"sent" doc:"dBFS of what was sent."`
	Fader   float64 `json:"fader,omitempty" doc:"dB where the volume control of the output stood meanwhile."`
	Lag     float64 `json:"lag" doc:"Seconds by which it was heard later than it was known to be sent."`
	Lost    float64 `json:"lost,omitempty" doc:"Seconds that were bad in stretches of 8 s and more."`
}

// envelopesJSON is the picture of what was sent and heard.
type envelopesJSON struct {
	Step  float64    `json:"step" doc:"Seconds of one point."`
	Sent  []*float64 `json:"sent" doc:"dBFS; null where it is not known."`
	Heard []*float64 `json:"heard" doc:"The same; the lag is taken out."`
}

type (
	monitorInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	monitorOutput     struct{ Body monitorJSON }
	calibrationOutput struct{ Body calibrationJSON }
	heardInput        struct {
		Caller
		Occurrence string `path:"occurrence"`
		Village    string `query:"village" doc:"Key; the board's own when left out."`
	}
	heardOutput struct {
		Body struct {
			Occurrence string         `json:"occurrence"`
			Proof      *proofJSON     `json:"proof,omitempty" doc:"Absent: nothing listened."`
			Envelopes  *envelopesJSON `json:"envelopes,omitempty" doc:"Kept for 92 days."`
		}
	}
)

func (s *Server) registerMonitor(api huma.API) {
	if s.cfg.MonitorBook == nil {
		return
	}
	const tag = "air"
	answer(s, api, operation{"get-monitor", http.MethodGet, "/monitor", "Read what listens to the loudspeakers, and how it was calibrated", tag, people.View, 0}, s.getMonitor)
	answer(s, api, operation{"calibrate-monitor", http.MethodPost, "/monitor/calibrations", "Find out how loud the amplifier is at the monitor input; it is heard in the village", tag, people.Arrange, http.StatusAccepted}, s.postCalibration)
	answer(s, api, operation{"get-heard", http.MethodGet, "/asrun/{occurrence}/heard", "Read what the monitor input heard of an occurrence", tag, people.View, 0}, s.getHeard)
}

func (s *Server) getMonitor(ctx context.Context, in *monitorInput) (*monitorOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	all, err := s.cfg.MonitorBook.Calibrations(ctx, village, calibrationsShown)
	if err != nil {
		return nil, err
	}
	out := monitorOutput{monitorJSON{Level: proof.Nothing, Calibrations: []calibrationJSON{}}}
	if m := s.monitorState(); m != nil {
		j := &out.Body
		j.Configured, j.Device, j.Up, j.Trouble, j.Fault, j.Level = true, m.Device, m.Up, string(m.Trouble), m.Fault, tenth(m.Level)
		j.Gate, j.Void, j.Unread = gateOf(m.Gate), string(m.Void), m.Unread
		j.Calibrated = j.Gate != nil
	}
	for _, c := range all {
		out.Body.Calibrations = append(out.Body.Calibrations, calibrationOf(c, in.lang))
	}
	return &out, nil
}

func (s *Server) postCalibration(ctx context.Context, in *monitorInput) (*calibrationOutput, error) {
	village, err := in.village(in.Village, people.Arrange)
	if err != nil {
		return nil, err
	}
	if s.monitorState() == nil {
		return nil, s.problem(in.lang, http.StatusConflict, "no-monitor")
	}
	c, err := s.calibrate(ctx, in.who, village)
	if err != nil {
		return nil, err
	}
	return &calibrationOutput{calibrationOf(c, in.lang)}, nil
}

func (s *Server) getHeard(ctx context.Context, in *heardInput) (*heardOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	r, err := s.cfg.MonitorBook.Proved(ctx, village, in.Occurrence)
	if err != nil {
		return nil, err
	}
	var out heardOutput
	out.Body.Occurrence, out.Body.Proof = r.Occurrence, proofOf(r.Proof)
	if r.Proof != nil && r.Proof.Envelopes != nil {
		e := r.Proof.Envelopes
		out.Body.Envelopes = &envelopesJSON{e.Step.Seconds(), levelsOf(e.Sent), levelsOf(e.Heard)}
	}
	return &out, nil
}

// proofOf is nil when nothing listened.
func proofOf(r *proof.Result) *proofJSON {
	if r == nil {
		return nil
	}
	return &proofJSON{
		string(r.Verdict), string(r.Why), hundredth(r.Score), hundredth(r.Share), r.Windows, r.Missed,
		tenth(r.Level), tenth(r.Sent), tenth(r.Fader), r.Lag.Seconds(), r.Lost.Seconds(),
	}
}

func calibrationOf(c playout.Calibration, lang string) calibrationJSON {
	return calibrationJSON{c.ID, c.Created.UTC(), c.By, instantOf(c.Ended), c.Cause, CalibrationWords(lang, c), gateOf(c.Gate), hundredth(c.Score)}
}

// gateOf is nil when there is none.
func gateOf(g proof.Gate) *gateJSON {
	if g == (proof.Gate{}) {
		return nil
	}
	j := &gateJSON{On: tenth(g.On), Sent: tenth(g.Sent), Fader: tenth(g.Fader)}
	if !g.Alone {
		j.Off = new(tenth(g.Off))
	}
	return j
}

func levelsOf(points []byte) []*float64 {
	levels := make([]*float64, len(points))
	for i, point := range points {
		if dB, known := proof.Level(point); known {
			levels[i] = &dB
		}
	}
	return levels
}
