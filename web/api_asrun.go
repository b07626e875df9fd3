package web

import (
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"loalang/audio"
	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// asRunDays is the greatest stretch of the as-run in one answer.
const asRunDays = 366

// asRunJSON is a stretch of the as-run.
type asRunJSON struct {
	Village string        `json:"village"`
	From    time.Time     `json:"from"`
	To      time.Time     `json:"to" doc:"Exclusive."`
	Rows    []asRunRow    `json:"rows" doc:"By due."`
	Totals  []outcomeJSON `json:"totals"`
	Clock   *clockJSON    `json:"clock,omitempty" doc:"By which it is told when that was, as it is now."`
}

type outcomeJSON struct {
	Outcome string `json:"outcome"`
	Count   int    `json:"count"`
}

// asRunRow is what became of one occurrence or emergency.
type asRunRow struct {
	Occurrence   string       `json:"occurrence"`
	Kind         string       `json:"kind" enum:"notice,opening,closing,relay,fixed,live,emergency,all-clear,drill"`
	Announcement string       `json:"announcement,omitempty"`
	Schedule     string       `json:"schedule,omitempty"`
	Slot         string       `json:"slot,omitempty"`
	Title        string       `json:"title"`
	Class        string       `json:"class,omitempty"`
	Nominal      *time.Time   `json:"nominal,omitempty" doc:"When it was promised."`
	Due          *time.Time   `json:"due,omitempty"`
	Planned      float64      `json:"planned" doc:"Seconds in the plan."`
	Claimed      *time.Time   `json:"claimed,omitempty" doc:"Before the amplifier was keyed."`
	Started      *time.Time   `json:"started,omitempty" doc:"The first frame left the card."`
	Ended        *time.Time   `json:"ended,omitempty" doc:"The last frame left the card; absent after a power cut."`
	Outcome      string       `json:"outcome,omitempty" doc:"Absent while it is not decided." enum:"played,cut,moved,skipped,missed,stopped,withdrawn"`
	Cause        string       `json:"cause,omitempty" doc:"Code."`
	Detail       string       `json:"detail,omitempty" doc:"The cause in words."`
	Behind       string       `json:"behind,omitempty" doc:"What had the output where that is the cause: an occurrence or emergency."`
	BehindTitle  string       `json:"behind_title,omitempty" doc:"Its title then."`
	By           string       `json:"by,omitempty" doc:"Who stopped or raised it."`
	Heard        string       `json:"heard" enum:"yes,silent,wrong,not-measured"`
	Proof        *proofJSON   `json:"proof,omitempty" doc:"What the monitor input heard; absent when nothing listened."`
	Lateness     float64      `json:"lateness" doc:"Seconds: the first frame against the exact instant that was promised, or else against due."`
	Late         bool         `json:"late" doc:"Too late to count as on time."`
	Level        *float64     `json:"level,omitempty" doc:"dBFS: the mean power of all airings of which it is known."`
	Airings      []airingJSON `json:"airings"`
	Languages    []string     `json:"languages,omitempty" doc:"That aired, each once."`
	Rules        []reasonJSON `json:"rules,omitempty" doc:"Exceptions by which it aired against a rule of the place, mourning that took its music, and the limit for which it was moved."`
	Missing      []string     `json:"missing,omitempty" doc:"Languages of the village that were not ready when it was planned; for says which of them a voice stood for."`
	Topic        string       `json:"topic,omitempty" doc:"Of the announcement when this row was first written."`
	Issuer       string       `json:"issuer,omitempty" doc:"Of the announcement when this row was first written."`
}

// airingJSON is one stretch of sound, as the output reported it.
type airingJSON struct {
	Part      string     `json:"part"`
	Recording string     `json:"recording,omitempty"`
	Language  string     `json:"language,omitempty"`
	Started   *time.Time `json:"started,omitempty"`
	Ended     *time.Time `json:"ended,omitempty" doc:"Absent: started, never ended."`
	Frames    int64      `json:"frames" doc:"48,000 a second, that really left the card."`
	Underruns int64      `json:"underruns"`
	Cause     string     `json:"cause,omitempty"`
	For       []string   `json:"for,omitempty" doc:"Languages that were missing, for which it stood."`
	Level     *float64   `json:"level,omitempty" doc:"dBFS: the mean power of what left the mixer; absent when it is not known."`
	Zones     []string   `json:"zones,omitempty" doc:"Loudspeakers that were on while it sounded; absent where all are one, or none was."`
}

func (s *Server) registerAsRun(_ huma.API, r *gin.Engine) {
	r.GET(apiRoot+"/asrun", s.guard(people.View, s.asRun))
}

// asRun answers in JSON, or in CSV for a spreadsheet.
func (s *Server) asRun(k *Caller) {
	out, err := s.readAsRun(k.c.Request.Context(), k)
	if err != nil {
		k.fail(err)
		return
	}
	k.c.Header("Vary", "Accept, Accept-Language")
	if k.wantsCSV() {
		s.asRunCSV(k, out)
		return
	}
	k.c.JSON(http.StatusOK, out)
}

func (k *Caller) wantsCSV() bool {
	if f := k.c.Query("format"); f != "" {
		return f == "csv"
	}
	return strings.Contains(k.c.GetHeader("Accept"), "text/csv")
}

func (s *Server) readAsRun(ctx context.Context, k *Caller) (asRunJSON, error) {
	out := asRunJSON{Rows: []asRunRow{}, Totals: []outcomeJSON{}}
	village, err := k.village(k.c.Query("village"), people.View)
	if err != nil {
		return out, err
	}
	if f := k.c.Query("format"); f != "" && f != "json" && f != "csv" {
		return out, k.invalid("format", scheduler.FaultUnknown, "json, csv")
	}
	p, err := s.phrase(ctx, k.lang, village)
	if err != nil {
		return out, err
	}
	from, to, err := s.asRunBounds(k, p)
	if err != nil {
		return out, err
	}
	rows, _, err := s.asRuns(ctx, village, from, to)
	if err != nil {
		return out, err
	}
	return AsRunReport{Village: village, Zone: p.loc, From: from, To: to, Rows: rows, Clock: s.cfg.Air.Air().Clock}.in(k.lang), nil
}

// asRunBounds reads from and to: days or instants; today when both are left
// out. A day as to is meant inclusively.
func (s *Server) asRunBounds(k *Caller, p phrase) (from, to time.Time, err error) {
	local := s.cfg.Now().In(p.loc)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, p.loc)
	from, to = midnight, midnight.AddDate(0, 0, 1)
	if text := k.c.Query("from"); text != "" {
		if from, err = p.dayOrInstant(text); err != nil {
			return from, to, k.invalid("from", "date", "")
		}
	}
	if text := k.c.Query("to"); text != "" {
		if to, err = p.dayOrInstant(text); err != nil {
			return from, to, k.invalid("to", "date", "")
		}
		if len(text) == len(time.DateOnly) {
			to = to.AddDate(0, 0, 1)
		}
	}
	far := scheduler.FarFuture(local)
	switch {
	case from.After(far):
		return from, to, k.invalid("from", scheduler.FaultFarFuture, "")
	case to.After(far):
		return from, to, k.invalid("to", scheduler.FaultFarFuture, "")
	case !to.After(from):
		return from, to, k.invalid("to", scheduler.FaultOrder, "")
	case to.Sub(from) > asRunDays*24*time.Hour:
		return from, to, k.invalid("to", scheduler.FaultRange, strconv.Itoa(asRunDays)+" d")
	}
	return from, to, nil
}

func (p phrase) asRunRow(a playout.AsRun) asRunRow {
	row := asRunRow{
		Occurrence: a.Occurrence, Kind: string(a.Kind), Announcement: a.Announcement, Schedule: a.Schedule, Slot: a.Slot,
		Title: a.Title, Class: string(a.Class), Nominal: instantOf(a.Nominal), Due: instantOf(a.Due), Planned: a.Planned.Seconds(),
		Claimed: instantOf(a.Claimed), Outcome: string(a.Outcome), Cause: a.Cause, By: a.By, Heard: string(a.Heard),
		Lateness: a.Lateness.Seconds(), Late: a.Late(), Level: meanOf(a.Level()), Airings: []airingJSON{}, Languages: airedLanguages(a), Missing: a.Missing,
		Topic: a.Topic, Issuer: a.Issuer, Proof: proofOf(a.Proof),
	}
	row.Behind, row.BehindTitle = a.Behind()
	for _, r := range a.Rules {
		if r.Occurrence == "" || r.Occurrence != row.Behind {
			row.Rules = append(row.Rules, p.reasonOf(r, a.Due))
		}
	}
	if a.Cause != "" {
		row.Detail = p.causeOf(a)
	}
	for i, airing := range a.Airings {
		if i == 0 {
			row.Started = instantOf(airing.Started)
		}
		row.Ended = instantOf(airing.Ended)
		row.Airings = append(row.Airings, airingJSON{
			string(airing.Part), airing.Recording, airing.Language, instantOf(airing.Started), instantOf(airing.Ended),
			airing.Frames, airing.Underruns, airing.Cause, airing.For, meanOf(airing.Level), airing.Zones,
		})
	}
	return row
}

// meanOf is a mean level to a tenth; nil when it is not known.
func meanOf(d audio.Decibels) *float64 {
	if d == 0 {
		return nil
	}
	v := decibels(d)
	return &v
}

// asRunCSV answers with the rows as a file for a spreadsheet.
func (s *Server) asRunCSV(k *Caller, out asRunJSON) {
	h := k.c.Writer.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="asrun-`+fileSafe(out.Village)+"-"+out.From.Format("20060102")+`.csv"`)
	k.c.Status(http.StatusOK)
	_ = out.writeCSV(k.c.Writer) // a caller that has gone needs no answer
}

// writeCSV writes one row for each occurrence. It begins with a byte order
// mark: without it spreadsheets garble Vietnamese.
func (out asRunJSON) writeCSV(to io.Writer) error {
	if _, err := io.WriteString(to, "\uFEFF"); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	_ = w.Write([]string{"village", "due", "started", "ended", "title", "kind", "class", "outcome", "cause", "by", "heard", "lateness_s", "late", "planned_s", "sounded_s", "underruns", "level_dbfs", "occurrence", "announcement", "languages", "stood_for", "missing", "topic", "issuer", "behind", "behind_title", "heard_score", "heard_share", "heard_lost_s", "unmeasured"})
	for _, r := range out.Rows {
		var frames, underruns int64
		var stood []string
		for _, a := range r.Airings {
			frames += a.Frames
			underruns += a.Underruns
			for _, language := range a.For {
				if !slices.Contains(stood, language) {
					stood = append(stood, language)
				}
			}
		}
		_ = w.Write(append([]string{
			out.Village, csvTime(r.Due), csvTime(r.Started), csvTime(r.Ended), csvText(r.Title), r.Kind, r.Class, r.Outcome, r.Cause,
			csvText(r.By), r.Heard, csvNumber(r.Lateness), strconv.FormatBool(r.Late), csvNumber(r.Planned), csvNumber(float64(frames) / 48000),
			strconv.FormatInt(underruns, 10), csvLevel(r.Level), csvText(r.Occurrence), r.Announcement,
			strings.Join(r.Languages, " "), strings.Join(stood, " "), strings.Join(r.Missing, " "), csvText(r.Topic), csvText(r.Issuer), csvText(r.Behind), csvText(r.BehindTitle),
		}, csvProof(r.Proof)...))
	}
	w.Flush()
	return w.Error()
}

// csvProof is the score, the share that was heard, the seconds lost, and why nothing was
// measured; four empty fields when nothing listened.
func csvProof(r *proofJSON) []string {
	if r == nil {
		return []string{"", "", "", ""}
	}
	return []string{strconv.FormatFloat(r.Score, 'f', 2, 64), strconv.FormatFloat(r.Share, 'f', 2, 64), csvNumber(r.Lost), r.Why}
}

func csvTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format("2006-01-02T15:04:05.000Z07:00")
}

// csvLevel is a level to a tenth; empty when it is not known.
func csvLevel(d *float64) string {
	if d == nil {
		return ""
	}
	return strconv.FormatFloat(*d, 'f', 1, 64)
}

func csvNumber(n float64) string { return strconv.FormatFloat(n, 'f', 3, 64) }

// csvText keeps a spreadsheet from taking what people typed for a formula
// (OWASP, "CSV Injection").
func csvText(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// fileSafe leaves of a key what no header or file system takes amiss.
func fileSafe(key string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, key)
}
