package scheduler_test

import (
	"slices"
	"strings"
	"testing"

	"loalang/scheduler"
)

// prepared is a message with a text for all, a recording in Giáy and a text of its own
// in Mông.
func prepared() scheduler.Template {
	return scheduler.Template{
		Topic: scheduler.TopicDanger, Class: scheduler.ClassEmergency, Name: "Xả lũ hồ", Title: "Xả lũ", Text: "Hồ xả lũ. Bà con thôn [thôn] rời bờ suối.",
		Prepared: scheduler.Prepared{
			Messages: []scheduler.Message{{Language: "pcc", Recording: "r1"}, {Language: "mww", Text: "Thôn [thôn]: chạy lên đồi."}},
			Zones:    []string{"bản dưới"}, Repeat: 3, NoSiren: true,
		},
	}
}

func TestPreparedIsChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		set  func(p *scheduler.Template)
		want string
	}{
		"as it should be":            {func(*scheduler.Template) {}, ""},
		"no common text":             {func(p *scheduler.Template) { p.Text = "" }, ""},
		"no words at all":            {func(p *scheduler.Template) { p.Text, p.Prepared.Messages = "", nil }, "text: required"},
		"too often":                  {func(p *scheduler.Template) { p.Prepared.Repeat = 101 }, "repeat: out-of-range 0–100"},
		"less than never":            {func(p *scheduler.Template) { p.Prepared.Repeat = -1 }, "repeat: out-of-range 0–100"},
		"a blank in a language":      {func(p *scheduler.Template) { p.Prepared.Messages[1].Text = "Lúc [giờ: giờ xả]." }, "messages.mww: template-urgent giờ xả"},
		"a bracket left open":        {func(p *scheduler.Template) { p.Prepared.Messages[1].Text = "Lúc [giờ." }, "messages.mww: blank-open [giờ."},
		"signs alone":                {func(p *scheduler.Template) { p.Prepared.Messages[1].Text = "!!!" }, "messages.mww: no-words"},
		"too long":                   {func(p *scheduler.Template) { p.Prepared.Messages[1].Text = strings.Repeat("lũ ", 2000) }, "messages.mww: too-long 5000"},
		"a language twice":           {func(p *scheduler.Template) { p.Prepared.Messages[1].Language = "pcc" }, "messages.pcc: unexpected"},
		"of a notice: all of it":     {func(p *scheduler.Template) { p.Class = scheduler.ClassNormal }, "messages: unexpected; zones: unexpected; repeat: unexpected; siren: unexpected"},
		"of a notice: nothing of it": {func(p *scheduler.Template) { p.Class, p.Prepared = scheduler.ClassNormal, scheduler.Prepared{} }, ""},
		"the common text is required": {func(p *scheduler.Template) {
			p.Text, p.Class, p.Prepared = "", scheduler.ClassNormal, scheduler.Prepared{}
		}, "text: required"},
	} {
		t.Run(name, func(t *testing.T) {
			p := prepared()
			tt.set(&p)
			err := scheduler.CleanTemplate(p).Validate()
			got := ""
			if err != nil {
				got = faultsOf(t, err)
			}
			if got != tt.want {
				t.Errorf("faults %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPreparedElsewhere(t *testing.T) {
	p := prepared().Prepared
	if wrong := p.Misplaced([]string{"vi", "pcc", "mww"}, []string{"bản trên", "bản dưới"}); len(wrong) > 0 {
		t.Errorf("at home: %v", wrong)
	}
	wrong := p.Misplaced([]string{"vi", "pcc"}, nil)
	if got := faultsOf(t, scheduler.Invalid(wrong)); got != "messages.mww: message-language mww; zones: unknown bản dưới" {
		t.Errorf("elsewhere: %q", got)
	}
}

// For fills in the names of the place in every language, and leaves the template as it is.
func TestPreparedForAVillage(t *testing.T) {
	p := prepared()
	named := p.For(scheduler.Village{Name: "Ún Tà"})
	if named.Prepared.Messages[1].Text != "Thôn Ún Tà: chạy lên đồi." || named.Prepared.Messages[0].Recording != "r1" {
		t.Errorf("named %+v", named.Prepared)
	}
	if p.Prepared.Messages[1].Text != "Thôn [thôn]: chạy lên đồi." {
		t.Error("the template itself was changed")
	}
}

func TestCleanPrepared(t *testing.T) {
	p := prepared()
	p.Prepared.Messages = append(p.Prepared.Messages, scheduler.Message{Language: "vi", Text: " \n"})
	p.Prepared.Messages[1].Text = "  Cha\u0323y.\r\n"
	if got := scheduler.CleanTemplate(p).Prepared.Messages; len(got) != 2 || got[1].Text != "Chạy." {
		t.Errorf("cleaned %+v", got)
	}
}

func TestEmergencyInALanguage(t *testing.T) {
	e := scheduler.Emergency{Text: "Chạy.", Messages: prepared().Prepared.Messages}
	for language, want := range map[string]scheduler.Message{
		"vi":  {Language: "vi", Text: "Chạy."},
		"pcc": {Language: "pcc", Text: "Chạy.", Recording: "r1"},
		"mww": {Language: "mww", Text: "Thôn [thôn]: chạy lên đồi."},
	} {
		if got := e.In(language); got != want {
			t.Errorf("in %s %+v", language, got)
		}
	}
	if (scheduler.Emergency{}).Speaks() || !e.Speaks() {
		t.Error("it does not know whether it speaks")
	}
}

// What is wrong in single languages is repaired, and without any words there is a siren.
func TestEmergencySettlesMessages(t *testing.T) {
	now := at(t, "2026-11-23 02:00")
	e := scheduler.Emergency{
		Title: "Lũ", Reason: "x", Raised: now, Expires: now.Add(scheduler.DefaultEmergencyLife), NoSiren: true,
		Messages: []scheduler.Message{{Language: "fr", Text: "Fuyez."}, {Language: "pcc", Recording: "r1"}, {Language: "pcc", Text: "x"}, {Language: "vi", Text: "!!!"}},
	}
	got, repaired := e.Settle(now, []string{"vi", "pcc"}, nil)
	if want := []scheduler.Message{{Language: "pcc", Recording: "r1"}}; !slices.Equal(got.Messages, want) || !got.NoSiren {
		t.Errorf("settled %+v", got)
	}
	if faults := faultsOf(t, scheduler.Invalid(repaired)); faults != "messages: unknown fr; messages: no-words" {
		t.Errorf("repairs %q", faults)
	}
	e.Messages = e.Messages[:1]
	got, repaired = e.Settle(now, []string{"vi", "pcc"}, nil)
	if faults := faultsOf(t, scheduler.Invalid(repaired)); got.NoSiren || faults != "messages: unknown fr; siren: siren-needed" {
		t.Errorf("without words: %+v, repairs %q", got, faults)
	}
	if got, repaired = e.Settle(now, nil, nil); len(got.Messages) != 1 || len(repaired) > 0 {
		t.Errorf("with the village not known: %+v, repairs %v", got, repaired)
	}
	if err := got.Validate(now); err != nil {
		t.Errorf("still refused: %v", err)
	}
}
