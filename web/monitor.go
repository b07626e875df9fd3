package web

import (
	"context"
	"errors"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
)

// calibrationsShown is how many calibrations are shown.
const calibrationsShown = 12

// proofPatience is how long after its end a row may wait for its verdict, and a little
// more.
const proofPatience = 15 * time.Second

// errCalibrating says that a calibration is under way.
var errCalibrating = errors.New("a calibration is under way")

// monitorState is the monitor input as it is now; nil: there is none.
func (s *Server) monitorState() *playout.MonitorState {
	if s.cfg.Monitor == nil {
		return nil
	}
	return s.cfg.Monitor.State()
}

// calibrate asks the board to calibrate its monitor input, as soon as it can.
func (s *Server) calibrate(ctx context.Context, who people.Principal, village string) (playout.Calibration, error) {
	now := s.cfg.Now().UTC()
	all, err := s.cfg.MonitorBook.Calibrations(ctx, village, 1)
	if err != nil {
		return playout.Calibration{}, err
	}
	if len(all) > 0 && calibrating(all[0], now) {
		return all[0], errCalibrating
	}
	c := playout.Calibration{Owned: scheduler.Owned{ID: s.cfg.NewID(), Village: village, Created: now}, By: who.Name}
	if err := s.cfg.MonitorBook.SaveCalibration(ctx, c); err != nil {
		return playout.Calibration{}, err
	}
	s.cfg.Monitor.Asked()
	return c, nil
}

// calibrating says whether a calibration waits or is under way; one that a restart
// interrupted, or that was asked for by a clock that was ahead, is neither.
func calibrating(c playout.Calibration, now time.Time) bool {
	const longest = 4 * time.Minute
	return c.Ended.IsZero() && now.Sub(c.Created).Abs() < longest
}

// CalibrationWords says what a calibration found, in a language of the panel.
func CalibrationWords(lang string, c playout.Calibration) string {
	p := phrase{lang: lang}
	switch {
	case c.Ended.IsZero():
		return p.word("calibration.waits")
	case c.Cause == "" && c.Gate.Alone:
		return p.word("calibration.alone", p.number(c.Gate.On))
	case c.Cause == "":
		return p.word("calibration.holds", p.number(c.Gate.Off), p.number(c.Gate.On))
	case c.Gate.Alone:
		return p.word("calibration."+c.Cause) + " " + p.word("calibration.level", p.number(c.Gate.On))
	case c.Gate != proof.Gate{}:
		return p.word("calibration."+c.Cause) + " " + p.word("calibration.levels", p.number(c.Gate.Off), p.number(c.Gate.On))
	}
	return p.word("calibration." + c.Cause)
}

// monitorLine says how the monitor input is.
func (p phrase) monitorLine(m *playout.MonitorState) stateView {
	switch {
	case m == nil:
		return stateView{"soft", "nghi", p.word("monitor.none")}
	case !m.Up && m.Trouble == "":
		return stateView{"wait", "cho", p.word("monitor.opening")}
	case !m.Up:
		return stateView{"bad", "lo", p.word("monitor-trouble." + string(m.Trouble))}
	case m.Void != "":
		return stateView{"wait", "cho", p.word("monitor-void." + string(m.Void))}
	case m.Unread:
		return stateView{"wait", "cho", p.word("monitor.unread")}
	case m.Gate == proof.Gate{}:
		return stateView{"wait", "cho", p.word("monitor.uncalibrated")}
	}
	return stateView{"ok", "tot", p.word("monitor.up", p.number(m.Level))}
}

// lostState says that what is being sent is not heard.
func (v *visit) lostState(l *playout.Lost) stateView {
	return stateView{"bad", "lo", v.word("sound.lost-"+string(l.As), l.Title, v.clock(l.Since))}
}
