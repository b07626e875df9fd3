package web

import (
	"errors"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/proof"
)

// monitorView is the page about the monitor input.
type monitorView struct {
	State   stateView
	Device  string
	Fault   string // what the system said
	Gate    string // the levels that hold; empty: there are none
	None    bool   // there is no monitor input
	Waiting string // a calibration is under way; empty: none is
	Runs    []calibrationView
}

// calibrationView is one calibration.
type calibrationView struct {
	When  string
	State stateView
}

// monitorRefresh is after how many seconds the page is loaded again while a calibration
// is under way.
const monitorRefresh = "3"

func (p *panel) registerMonitor(r *gin.Engine) {
	if p.s.cfg.MonitorBook == nil {
		return
	}
	r.GET("/asrun/heard", p.allow(people.View, p.heardPage))
	r.GET("/monitor", p.allow(people.Arrange, p.monitor))
	r.POST("/monitor/calibrate", p.allow(people.Arrange, p.calibrate))
}

func (p *panel) monitor(v *visit) {
	all, err := p.s.cfg.MonitorBook.Calibrations(v.ctx(), v.village.Key, calibrationsShown)
	if err != nil {
		p.fail(v, err)
		return
	}
	m := p.s.monitorState()
	w := monitorView{State: v.monitorLine(m), None: m == nil}
	if m != nil {
		w.Device, w.Fault = m.Device, m.Fault
		switch {
		case m.Gate.Alone:
			w.Gate = v.word("monitor.gate-alone", v.number(m.Gate.On))
		case m.Gate != (proof.Gate{}):
			w.Gate = v.word("monitor.gate", v.number(m.Gate.Off), v.number(m.Gate.On))
		}
	}
	for i, c := range all {
		if i == 0 && calibrating(c, v.now) {
			w.Waiting = v.word("monitor.calibrating", c.By)
			v.c.Header("Refresh", monitorRefresh)
			continue
		}
		line := calibrationView{v.word("monitor.run", v.at(c.Created, v.now), c.By), stateView{"ok", "tot", CalibrationWords(v.lang, c)}}
		switch {
		case c.Ended.IsZero():
			line.State = stateView{"bad", "lo", v.word("calibration.interrupted")}
		case c.Cause != "":
			line.State.Class, line.State.Icon = "bad", "lo"
		}
		w.Runs = append(w.Runs, line)
	}
	p.show(v, "monitor", view{Title: v.word("settings.monitor"), Tab: "more", Data: w})
}

func (p *panel) calibrate(v *visit) {
	if p.s.monitorState() == nil {
		v.goTo("/monitor", "")
		return
	}
	if _, err := p.s.calibrate(v.ctx(), v.me, v.village.Key); err != nil && !errors.Is(err, errCalibrating) {
		p.fail(v, err)
		return
	}
	v.goTo("/monitor", "calibrating")
}
