package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"loalang/scheduler"
)

// alarmTongue is a language of the village on the emergency page, with what is its own
// there.
type alarmTongue struct {
	tongueView
	Own       string // read instead of the common text
	Recording string // that was prepared for it; empty: none
	Recorded  bool   // it sounds
}

// plannedMessages is how a message is prepared, for the page's module.
type plannedMessages struct {
	Messages map[string]messageJSON `json:"messages"`
	Zones    []string               `json:"zones"`
	Repeat   int                    `json:"repeat"`
	Siren    bool                   `json:"siren"`
}

func planOf(p scheduler.Prepared) string {
	plan := plannedMessages{Messages: map[string]messageJSON{}, Zones: entries(p.Zones), Repeat: p.Repeat, Siren: !p.NoSiren}
	for _, m := range p.Messages {
		plan.Messages[m.Language] = messageJSON(m)
	}
	raw, err := json.Marshal(plan)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return string(raw)
}

// fillPlan puts how a message is prepared into the form of the emergency page, or takes
// out what another one had put there.
func (v *visit) fillPlan(f *form, p scheduler.Prepared) {
	f.Del("zone")
	f.Del("recorded")
	f.Set("repeat", repeatField(p.Repeat))
	f.Set("siren", sirenField(p))
	if len(p.Zones) > 0 {
		f.Values["zone"] = slices.Clone(p.Zones)
	}
	for _, code := range v.village.Languages {
		f.Del("text_" + code)
		f.Del("recording_" + code)
	}
	for _, m := range p.Messages {
		f.Set("text_"+m.Language, m.Text)
		f.Set("recording_"+m.Language, m.Recording)
		if m.Recording != "" {
			f.Add("recorded", m.Language)
		}
	}
}

// repeatField is how often a message is repeated in a form; empty: until it ends.
func repeatField(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func sirenField(p scheduler.Prepared) string {
	if p.NoSiren {
		return "0"
	}
	return "1"
}

// alarmTongues are the languages of the village, all chosen at first.
func (p *panel) alarmTongues(v *visit, f *form) (tongues []alarmTongue, chosen []string) {
	choir := p.s.choir(v.ctx())
	for _, code := range v.village.Languages {
		on := slices.Contains(f.Values["language"], code) || !f.Has("language")
		t := alarmTongue{Own: f.Get("text_" + code), Recording: f.Get("recording_" + code), Recorded: slices.Contains(f.Values["recorded"], code)}
		t.tongueView = tongueView{uploadView: uploadView{Code: code}, Name: v.language(code), Checked: on, Voiced: choir.err == nil && choir.speaks(code, "")}
		tongues = append(tongues, t)
		if on {
			chosen = append(chosen, code)
		}
	}
	return tongues, chosen
}

// alarmMessages are what the form says in single languages.
func (v *visit) alarmMessages(f *form) (list []scheduler.Message) {
	for _, code := range v.village.Languages {
		m := scheduler.Message{Language: code, Text: strings.TrimSpace(scheduler.Clean(f.Get("text_" + code)))}
		if slices.Contains(f.Values["recorded"], code) {
			m.Recording = f.Get("recording_" + code)
		}
		if m.Text != "" || m.Recording != "" {
			list = append(list, m)
		}
	}
	return list
}

// spokenView is what is heard in one language: what was recorded, or what a voice reads.
type spokenView struct{ Name, Text, Recording string }

// heard is what will be heard of an emergency in some languages: it needs no database.
func (p *panel) heard(v *visit, e scheduler.Emergency, languages []string) (list []spokenView) {
	choir := p.s.choir(v.ctx())
	for _, code := range languages {
		m := e.In(code)
		switch {
		case m.Recording != "":
			list = append(list, spokenView{Name: v.lower(v.language(code)), Recording: m.Recording})
		case m.Text != "" && choir.err == nil && choir.speaks(code, ""):
			list = append(list, spokenView{Name: v.lower(v.language(code)), Text: p.s.cfg.Speaker.Normalize(code, m.Text).Text})
		}
	}
	return list
}

// alarmSummary says in one sentence what raising will do.
func (v *visit) alarmSummary(e scheduler.Emergency, chosen []string) string {
	if e.Repeat > 0 {
		return v.word("emergency.summary-times", v.languages(chosen), e.Repeat, v.span(scheduler.DefaultEmergencyLife))
	}
	return v.word("emergency.summary", v.languages(chosen), v.span(scheduler.DefaultEmergencyLife))
}
