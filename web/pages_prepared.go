package web

import (
	"slices"
	"strconv"
	"strings"

	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
)

// preparedTongue is a language in the form of a message that is prepared for an
// emergency.
type preparedTongue struct {
	Code, Name, Text string
	Voiced           bool
	Shelf            []choiceView // recordings to choose from
	Recording        string       // that is chosen; empty: a voice reads
	Take             uploadView
	Fault            string
}

// preparedShelf is how many recordings of people are offered, the newest first.
const preparedShelf = 30

// preparedForm is how a message is to be heard, in its form.
type preparedForm struct {
	Tongues []preparedTongue
	Zones   []choiceView
	Repeat  string
	Siren   bool
}

// preparedForm shows how a template of an emergency is to be heard; faults are by field.
func (p *panel) preparedForm(v *visit, t scheduler.Template, faults map[string]string) (*preparedForm, error) {
	w := &preparedForm{Repeat: repeatField(t.Prepared.Repeat), Siren: !t.Prepared.NoSiren}
	found, _, err := p.s.cfg.Holdings.SearchRecordings(v.ctx(), recordings.Search{Village: v.village.Key, Purpose: recordings.OfPeople, Limit: preparedShelf})
	if err != nil {
		return nil, err
	}
	choir := p.s.choir(v.ctx())
	for _, code := range v.village.Languages {
		one := preparedTongue{
			Code: code, Name: v.language(code), Voiced: choir.err == nil && choir.speaks(code, ""),
			Take: uploadView{Code: code, Fault: faults["file_"+code]}, Fault: faults[scheduler.MessageField(code)],
		}
		if i := slices.IndexFunc(t.Prepared.Messages, func(m scheduler.Message) bool { return m.Language == code }); i >= 0 {
			one.Text, one.Recording = t.Prepared.Messages[i].Text, t.Prepared.Messages[i].Recording
		}
		one.Shelf = v.preparedShelf(p, found, one.Recording)
		w.Tongues = append(w.Tongues, one)
	}
	zones := t.Prepared.Zones
	if len(t.Prepared.ZonesGone(p.s.cfg.Zones)) > 0 {
		zones = nil
	}
	w.Zones = zoneChoices(p.s.cfg.Zones, zones)
	return w, nil
}

// zoneChoices are the zones of the board, with those that were chosen; where none of them
// is there, all, as it will be heard.
func zoneChoices(all, chosen []string) (list []choiceView) {
	some := slices.ContainsFunc(all, func(z string) bool { return slices.Contains(chosen, z) })
	for _, zone := range all {
		list = append(list, choiceView{Value: zone, Name: zone, Checked: !some || slices.Contains(chosen, zone)})
	}
	return list
}

// preparedShelf are recordings to choose from; the chosen one stands first when it is
// none of the newest.
func (v *visit) preparedShelf(p *panel, found []recordings.Found, chosen string) []choiceView {
	var list []choiceView
	there := chosen == ""
	for _, r := range found {
		if r.Length > playout.LongestWords && r.ID != chosen {
			continue
		}
		there = there || r.ID == chosen
		list = append(list, choiceView{Value: r.ID, Name: v.word("templates.recording", r.Title, length(r.Length)), Checked: r.ID == chosen})
	}
	if there {
		return list
	}
	name := v.word("templates.recording-gone")
	if r, err := p.s.cfg.Shelf.Recording(v.ctx(), chosen); err == nil {
		name = v.word("templates.recording", r.Title, length(r.Length))
	}
	return append([]choiceView{{Value: chosen, Name: name, Checked: true}}, list...)
}

// readPrepared puts how a message is to be heard into what a template is made of.
func (p *panel) readPrepared(v *visit, f *form, into *templateForm) {
	for _, code := range v.village.Languages {
		m := messageJSON{Language: code, Text: f.Get("message_" + code), Recording: f.Get("recording_" + code)}
		if take := p.takeOf(v, f, code); take != nil { // it was sent just now
			m.Recording = take.ID
		}
		into.Messages = append(into.Messages, m)
	}
	into.Zones = slices.Clone(f.Values["zone"])
	if everyZone(into.Zones, p.s.cfg.Zones) {
		into.Zones = nil // all, also those that come
	}
	siren := f.Get("siren") != "0"
	into.Siren = &siren
	if text := strings.TrimSpace(f.Get("repeat")); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			n = -1 // out of range, as it will be told
		}
		into.Repeat = n
	}
}

// everyZone says whether all that there are were chosen.
func everyZone(chosen, all []string) bool {
	return !slices.ContainsFunc(all, func(z string) bool { return !slices.Contains(chosen, z) })
}
