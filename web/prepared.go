package web

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
)

// messageJSON is what an emergency says in one language, in the API.
type messageJSON struct {
	Language  string `json:"language" doc:"ISO 639, one of the village's."`
	Text      string `json:"text,omitempty" doc:"Read by a voice of the language; the common text when left out."`
	Recording string `json:"recording,omitempty" doc:"ID of a recording of the library, which sounds instead of a voice. It cannot be deleted while a message is prepared with it. Should it be unplayable in the end, the text is read."`
}

func messagesOf(list []messageJSON) []scheduler.Message {
	var all []scheduler.Message
	for _, m := range list {
		all = append(all, scheduler.Message(m))
	}
	return all
}

func messagesJSON(list []scheduler.Message) []messageJSON {
	all := []messageJSON{}
	for _, m := range list {
		all = append(all, messageJSON(m))
	}
	return all
}

// checkPrepared is a scheduler.Invalid when a message is prepared in a language that its
// village has not, for loudspeakers that the board has not, or with a recording that is
// gone or, with the others, longer than an emergency's words may be.
func (s *Server) checkPrepared(ctx context.Context, village string, p scheduler.Prepared) error {
	if len(p.Messages) == 0 && len(p.Zones) == 0 {
		return nil
	}
	place, err := s.cfg.Places.Village(ctx, village)
	if err != nil {
		return err
	}
	wrong := scheduler.Invalid(p.Misplaced(place.Languages, s.cfg.Zones))
	last := time.Duration(0)
	for _, m := range p.Messages {
		if m.Recording == "" {
			continue
		}
		r, there, err := s.shelved(ctx, village, m.Recording)
		if err != nil {
			return err
		}
		if last += r.Length; there && last > playout.LongestWords {
			wrong = append(wrong, scheduler.Fault{Field: scheduler.MessageField(m.Language), Code: scheduler.FaultMessageLength, Limit: playout.LongestWords.String()})
		}
		if !there {
			wrong = append(wrong, scheduler.Fault{Field: scheduler.MessageField(m.Language), Code: scheduler.FaultMessageGone, Limit: m.Language})
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// shelved is a recording that a village has in its library; false when it has not.
func (s *Server) shelved(ctx context.Context, village, id string) (recordings.Recording, bool, error) {
	r, err := s.cfg.Shelf.Recording(ctx, id)
	if isMissing(err) {
		return r, false, nil
	}
	return r, err == nil && (r.Village == "" || r.Village == village), err
}

// prepared is the message of a code that the board's village has prepared; false when
// none is known. It waits for the database at most so long.
func (s *Server) prepared(ctx context.Context, code string, patience time.Duration) (scheduler.Template, bool) {
	return s.alarms.list(ctx, patience).Find(code)
}

// knownRecordings leaves out of an emergency the recordings that its village has not.
// What it has prepared is known from memory; of any other the database is asked for a
// moment, and what that does not say is left for the player to find out.
func (s *Server) knownRecordings(ctx context.Context, e *scheduler.Emergency) (gone []scheduler.Fault) {
	all := s.alarms.list(ctx, alarmPatience)
	for i, m := range e.Messages {
		kept := slices.ContainsFunc(all, func(t scheduler.Template) bool {
			return slices.ContainsFunc(t.Prepared.Messages, func(o scheduler.Message) bool { return o.Recording == m.Recording })
		})
		if m.Recording == "" || kept {
			continue
		}
		there := true
		err := bounded(ctx, alarmPatience, func(ctx context.Context) (func(), error) {
			_, found, err := s.shelved(ctx, e.Village, m.Recording)
			return func() { there = found }, err
		})
		if err == nil && !there {
			gone = append(gone, scheduler.Fault{Field: "messages", Code: scheduler.FaultMessageGone, Limit: m.Language})
			e.Messages[i].Recording = ""
		}
	}
	return gone
}

// messagesLine words the column messages, as in "tiếng Giáy: bản ghi âm; tiếng Việt: Chạy.".
func (p phrase) messagesLine(column string) string {
	var list []messageJSON
	if json.Unmarshal([]byte(column), &list) != nil {
		return column
	}
	return p.messageLines(messagesOf(list))
}

// messageLines words what is said in single languages.
func (p phrase) messageLines(list []scheduler.Message) string {
	var said []string
	for _, m := range list {
		said = append(said, p.messageLine(m))
	}
	if len(said) == 0 {
		return "–"
	}
	return strings.Join(said, "; ")
}

func (p phrase) messageLine(m scheduler.Message) string {
	what := m.Text
	if m.Recording != "" {
		what = p.word("emergency.recording")
	}
	return p.language(m.Language) + ": " + what
}

// zonesLine words the column zones.
func (p phrase) zonesLine(column string) string {
	var zones []string
	if json.Unmarshal([]byte(column), &zones) != nil {
		return column
	}
	if len(zones) == 0 {
		return p.word("emergency.zones-all")
	}
	return strings.Join(zones, ", ")
}

// preparedLine says of a message how it is to be heard: "Tiếng Giáy: bản ghi âm. Phát ra
// Loa 1. Lặp 3 lần. Không hú còi."; empty: as usual.
func (p phrase) preparedLine(x scheduler.Prepared) string {
	var said []string
	if len(x.Messages) > 0 {
		said = append(said, p.messageLines(x.Messages))
	}
	return strings.Join(append(said, p.ways(x)...), " · ")
}

// ways says where something of an emergency is heard, how often and with what, as far as
// that is not as usual.
func (p phrase) ways(x scheduler.Prepared) (said []string) {
	if len(x.Zones) > 0 {
		said = append(said, p.word("templates.prepared-zones", strings.Join(x.Zones, ", ")))
	}
	if x.Repeat > 0 {
		said = append(said, p.word("templates.prepared-repeat", x.Repeat))
	}
	if x.NoSiren {
		said = append(said, p.word("emergency.siren-off"))
	}
	return said
}

// waysLine says of an emergency what ways says of a message that is prepared.
func (p phrase) waysLine(e scheduler.Emergency) string {
	return strings.Join(p.ways(scheduler.Prepared{Zones: e.Zones, Repeat: e.Repeat, NoSiren: e.NoSiren}), " · ")
}
