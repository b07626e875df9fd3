package web_test

import (
	"strings"
	"testing"

	"loalang/scheduler"
)

type templateReply struct {
	Code, Topic, Class, Name, English, Title, Text, Origin, By string
	Blanks                                                     []struct{ Label, Kind string }
	Revision                                                   int64
	Uses                                                       int
}

func TestTemplatesOfTheAPI(t *testing.T) {
	h := newHouse(t)
	h.fill()
	var list struct{ Templates []templateReply }
	h.call("viewer", "GET", "/api/v1/templates", "").want(200).into(&list)
	if len(list.Templates) != len(scheduler.BuiltIn()) {
		t.Fatalf("%d templates", len(list.Templates))
	}
	path := "/api/v1/templates/hop-thon"
	var one templateReply
	h.call("viewer", "GET", path, "").want(200).into(&one)
	if one.Origin != "program" || one.Revision != 0 || one.English != "Village meeting" || len(one.Blanks) != 4 || one.Blanks[0].Label != "ngày họp" || one.Blanks[0].Kind != "date" {
		t.Errorf("%+v", one)
	}

	// A change makes a copy, which can be put back.
	change := `{"topic":"community","name":"Họp thôn","title":"Họp","text":"Mời bà con họp lúc [giờ: giờ họp]."}`
	h.call("cadre", "PUT", path, change).want(200).into(&one)
	if one.Origin != "changed" || one.Revision != 1 || one.Title != "Họp" || len(one.Blanks) != 1 || one.By != "máy cadre" {
		t.Errorf("%+v", one)
	}
	h.call("cadre", "PUT", path, strings.Replace(change, "{", `{"revision":7,`, 1)).want(409)
	h.call("viewer", "GET", "/api/v1/templates", "").want(200).into(&list)
	if len(list.Templates) != len(scheduler.BuiltIn()) {
		t.Errorf("%d templates with a copy", len(list.Templates))
	}
	h.call("cadre", "DELETE", path, "").want(204)
	h.call("cadre", "DELETE", path, "").want(404)
	h.call("viewer", "GET", path, "").want(200).into(&one)
	if one.Origin != "program" {
		t.Errorf("%+v", one)
	}

	// The village's own comes, is counted, and goes.
	h.call("recorder", "POST", "/api/v1/templates", `{"name":"Thu quỹ","title":"Thu quỹ","text":"Mức thu: [tiền: mức thu]."}`).want(201).into(&one)
	if one.Origin != "village" || one.Topic != "other" || one.Class != "normal" {
		t.Errorf("%+v", one)
	}
	d := h.w.notices[noticeID]
	d.Announcement.Topic = one.Code
	h.w.notices[noticeID] = d
	h.call("viewer", "GET", "/api/v1/templates", "").want(200).into(&list)
	if list.Templates[0].Code != one.Code || list.Templates[0].Uses != 1 {
		t.Errorf("first is %+v", list.Templates[0])
	}
	h.call("cadre", "DELETE", "/api/v1/templates/"+one.Code, "").want(204)
	h.call("viewer", "GET", "/api/v1/templates/"+one.Code, "").want(404)
}

func TestFillTemplateOfTheAPI(t *testing.T) {
	h := newHouse(t)
	var out struct {
		Title, Text, Class, Topic string
		Left                      []string
		Hints                     []struct{ Code, Detail string }
	}
	path := "/api/v1/templates/hop-thon/fill"
	h.call("viewer", "POST", path, `{"answers":{"giờ họp":"7h30","ngày họp":"2026-11-20","nơi họp":"nhà văn hóa"}}`).want(200).into(&out)
	if out.Title != "Mời họp thôn thứ Sáu, ngày 20/11/2026" || !strings.Contains(out.Text, "lúc 7 giờ 30,") || len(out.Left) != 1 || out.Left[0] != "việc cần bàn" || len(out.Hints) != 1 || out.Hints[0].Code != "past" || out.Topic != "hop-thon" {
		t.Errorf("%+v", out)
	}
	if got := h.call("viewer", "POST", path, `{"answers":{"giờ họp":"25h","lạ":"x"}}`).want(422).faults(); got != "answers.giờ họp answer-time, answers.lạ unknown" {
		t.Errorf("faults %s", got)
	}
}

func TestBadTemplatesOfTheAPI(t *testing.T) {
	h := newHouse(t)
	h.w.templates = scheduler.Templates{{Owned: scheduler.Owned{ID: "1", Village: "un-ta", Revision: 1}, Topic: scheduler.TopicOther, Class: scheduler.ClassNormal, Name: "Thu quỹ", Title: "x", Text: "x"}}
	many := ""
	for i := range scheduler.MaxBlanks + 1 {
		many += "[chỗ " + string(rune('a'+i)) + "] "
	}
	for text, want := range map[string]string{
		"Họp lúc [thứ: giờ họp].":              "text blank-kind",
		"Họp lúc [giờ: ].":                     "text blank-empty",
		"Họp lúc [giờ: giờ họp":                "text blank-open",
		"Họp lúc [giờ:\\ngiờ họp]":             "text blank-open", // of several faults the first is told
		"Họp lúc [giờ: [giờ họp]].":            "text blank-nested",
		"Họp lúc giờ họp].":                    "text blank-stray",
		"[giờ: lúc] và [ngày: lúc]":            "text blank-twice",
		"[" + strings.Repeat("giờ ", 20) + "]": "text blank-label",
		many:                                   "text blank-many",
		"":                                     "text required",
		strings.Repeat("bà con ", 1000):        "text too-long",
	} {
		got := h.call("cadre", "POST", "/api/v1/templates", `{"name":"Mẫu","title":"Họp","text":"`+text+`"}`).want(422).faults()
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for body, want := range map[string]string{
		`{"name":"THU QUỸ","title":"x","text":"x"}`:                         "name template-name",
		`{"name":"a","title":"x","text":"x","topic":"x"}`:                   "topic unknown",
		`{"name":"a","title":"x","text":"x","class":"red"}`:                 "class unknown",
		`{"name":"a","title":"[ngày: d] [giờ: d]","text":"x"}`:              "title blank-twice",
		`{"name":"a","title":"[ngày: d]","text":"lúc [giờ: d]"}`:            "text blank-twice",
		`{"name":"","title":"","text":"…"}`:                                 "name required, title required, text no-words",
		`{"name":"` + strings.Repeat("a", 61) + `","title":"x","text":"x"}`: "name too-long",
	} {
		if got := h.call("cadre", "POST", "/api/v1/templates", body).want(422).faults(); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	if len(h.w.templates) != 1 {
		t.Errorf("saved %+v", h.w.templates)
	}
}

// TestAnnouncementWithBlanksIsRefused holds also for programs.
func TestAnnouncementWithBlanksIsRefused(t *testing.T) {
	h := newHouse(t)
	got := h.call("cadre", "POST", "/api/v1/announcements", `{"title":"Họp [ngày: ngày họp]","text":"Họp lúc [giờ: giờ họp]."}`).want(422).faults()
	if got != "title blank, text blank" {
		t.Errorf("faults %q", got)
	}
}
