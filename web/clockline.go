package web

import (
	"context"
	"errors"
	"time"

	"loalang/hardware"
	"loalang/people"
	"loalang/scheduler"
)

const (
	// steppedLately is how long people are told that the clock was set.
	steppedLately = 24 * time.Hour
	// storeRoom is how long a board may have lain without power: a phone that is
	// further ahead than that of what the board has seen is wrong itself.
	storeRoom = 5 * 365 * 24 * time.Hour
)

// clockJSON is the clock of the board, by which every time is told.
type clockJSON struct {
	Trust     string     `json:"trust" enum:"unknown,held,told,synced"`
	Trusted   bool       `json:"trusted" doc:"Scheduled items may play."`
	Since     float64    `json:"since" doc:"Seconds in this state."`
	Offset    float64    `json:"offset,omitempty" doc:"Seconds of the told time against the system clock."`
	Age       *float64   `json:"age,omitempty" doc:"Seconds since a time server or a person last vouched for the time; at least so many while trust is unknown; absent when nobody ever did."`
	Vouched   *time.Time `json:"vouched,omitempty" doc:"When that was."`
	VouchedBy string     `json:"vouched_by,omitempty" doc:"The person; absent when it was a time server."`
	Stepped   float64    `json:"stepped,omitempty" doc:"Seconds by which the clock was last set while it was believed; less than 0 is back."`
	SteppedAt *time.Time `json:"stepped_at,omitempty" doc:"The time after that."`
	Ahead     float64    `json:"ahead,omitempty" doc:"Seconds by which the board's own clock lies past what was seen before, when that is more than it is believed: somebody has to confirm the time."`
}

func clockOf(c hardware.ClockState) clockJSON {
	j := clockJSON{
		Trust: string(c.Trust), Trusted: c.Trusted(), Since: c.Since.Seconds(), Offset: c.Offset.Seconds(),
		Vouched: instantOf(c.Vouched), VouchedBy: c.VouchedBy, Stepped: c.Stepped.Seconds(), SteppedAt: instantOf(c.SteppedAt), Ahead: c.Ahead.Seconds(),
	}
	if j.Trust == "" {
		j.Trust = string(hardware.Unknown)
	}
	if !c.Vouched.IsZero() {
		age := c.Age.Truncate(time.Second).Seconds()
		j.Age = &age
	}
	return j
}

// clock is the board's clock as the API tells of it.
func (s *Server) clock() *clockJSON {
	j := clockOf(s.cfg.Air.Air().Clock)
	return &j
}

// clockView is the clock on a page.
type clockView struct {
	Line       string // how right it is and since when
	Class      string
	Ask        bool // the visitor may say what time it is, and should
	Date, Time string
	Board      string // what the board takes the time to be
	Back       string // the page to come back to
}

func (p *panel) clockView(v *visit, path string) clockView {
	c := p.s.cfg.Air.Air().Clock
	view := clockView{Line: v.clockLine(c, v.now), Class: "ok", Back: path}
	if c.Trusted() {
		return view
	}
	local := v.now.In(v.loc)
	view.Class, view.Ask = "bad", v.may(people.Plan)
	view.Date, view.Time = local.Format(time.DateOnly), local.Format(time.TimeOnly)
	view.Board = v.word("clock.board", local.Format("15:04:05"), local.Format("02/01/2006"))
	return view
}

// clockLine is "Giờ của máy: 17:05, đúng, máy chủ giờ trả lời 3 phút trước".
func (p phrase) clockLine(c hardware.ClockState, now time.Time) string {
	line := p.word("clock.line", p.clock(now), p.word("clock.is."+clockOf(c).Trust))
	switch {
	case c.Vouched.IsZero():
		line += ", " + p.word("clock.never")
	case c.Trust == hardware.Told && c.VouchedBy != "":
		line += ", " + p.word("clock.by", c.VouchedBy, p.ago(c.Age))
	case !c.Trusted():
		line += ", " + p.word("clock.least", p.ago(c.Age))
	case c.VouchedBy != "":
		line += ", " + p.word("clock.last-by", c.VouchedBy, p.ago(c.Age))
	default:
		line += ", " + p.word("clock.vouched", p.ago(c.Age))
	}
	if c.Ahead > 0 {
		return line + ". " + p.word("clock.ahead", p.span(c.Ahead))
	}
	if since := now.Sub(c.SteppedAt); c.Stepped == 0 || since < 0 || since > steppedLately {
		return line
	}
	way := "clock.stepped-on"
	if c.Stepped < 0 {
		way = "clock.stepped-back"
	}
	return line + ". " + p.word(way, p.span(c.Stepped), p.clock(c.SteppedAt))
}

// ago is "3 phút trước"; what is less than a minute ago is just now.
func (p phrase) ago(d time.Duration) string {
	if d < time.Minute {
		return p.word("clock.now")
	}
	return p.word("clock.ago", p.span(d))
}

// ClockWords is a clock's state in a language of the panel, "vi" or "en", for a command line.
func ClockWords(c hardware.ClockState, now time.Time, lang string) string {
	return phrase{lang: lang, loc: now.Location()}.clockLine(c, now)
}

// believe takes a person's word for the time, unless it is absurd. It says why it
// does not by the code of a word, which is empty when the time was taken over or
// the clock could not keep it.
func (s *Server) believe(ctx context.Context, at time.Time, by string) (refused string, err error) {
	earliest, latest := clockBounds()
	if at.Before(earliest) || at.After(latest) {
		return "clock-absurd", nil
	}
	if at.After(s.cfg.Now().Add(storeRoom)) {
		return "clock-ahead", nil
	}
	board := s.cfg.Now()
	err = s.cfg.Clock.Tell(at, by)
	switch {
	case errors.Is(err, hardware.ErrBackwards):
		return "clock-past", nil
	case errors.Is(err, hardware.ErrAhead):
		return "clock-ahead", nil
	case err != nil:
		return "", err
	}
	s.cfg.Changed()
	// The time counts though the database does not answer: the clock has logged it.
	err = s.cfg.Diary.Note(ctx, people.Change{Village: s.cfg.Village, Kind: "clock", Record: s.cfg.Village, Deed: people.Altered, Fields: []people.FieldChange{
		{Name: "told_at", Before: board.UnixMicro(), After: at.UnixMicro()}, {Name: "offset_ns", After: at.Sub(board).Nanoseconds()},
	}})
	if err != nil {
		s.cfg.Logger.Error("that the time was told is not in the history", "by", by, "err", err)
	}
	return "", nil
}

// clockFault is what the API answers for what believe says.
func clockFault(refused string) (code, limit string) {
	switch refused {
	case "clock-past":
		return scheduler.FaultPast, ""
	case "clock-ahead":
		return scheduler.FaultFarFuture, ""
	}
	return scheduler.FaultRange, "2026–2060"
}
