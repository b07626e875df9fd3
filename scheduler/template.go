package scheduler

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TemplateTopic is the group in which people look for a Template.
type TemplateTopic string

// The groups, in the order in which they are listed.
const (
	TopicCommunity TemplateTopic = "community"
	TopicUtilities TemplateTopic = "utilities" // electricity, water
	TopicHealth    TemplateTopic = "health"
	TopicDanger    TemplateTopic = "danger" // storms, floods, fires to come
	TopicFarming   TemplateTopic = "farming"
	TopicService   TemplateTopic = "service" // duties and rights: military service, taxes, benefits
	TopicDigital   TemplateTopic = "digital"
	TopicSchool    TemplateTopic = "school"
	TopicFestival  TemplateTopic = "festival"
	TopicOther     TemplateTopic = "other"
)

// TemplateTopics are all groups in the order in which they are listed.
func TemplateTopics() []TemplateTopic {
	return []TemplateTopic{
		TopicCommunity, TopicUtilities, TopicHealth, TopicDanger, TopicFarming, TopicService,
		TopicDigital, TopicSchool, TopicFestival, TopicOther,
	}
}

// Template is a notice to start from, with blanks. What it says is Vietnamese.
type Template struct {
	Owned                 // zero of what comes with the program
	Key     string        // of what comes with the program, "hop-thon"; a village's copy bears it too; empty: the village's own
	Topic   TemplateTopic // where it is listed
	Class   Class         // of the notice; emergency: a message that is prepared for one, always the village's own
	Name    string        // in the list, "Họp thôn"
	English string        // the name in English; only of what comes with the program
	Title   string        // of the notice, may hold blanks
	Text    string        // of the notice, may hold blanks
	By      string        // name of the account or token that wrote it last
	// Prepared is how it is to be heard; only of the class emergency. The text is what is
	// said in the languages that have nothing of their own there; it may be empty then.
	Prepared Prepared
}

// Bounds of a Template, in characters, and of what a village keeps.
const (
	MaxTemplateName = 60
	MaxTemplateText = 5000
	MaxTemplates    = 200 // living ones of one village
)

// Codes of Fault that only templates have.
const (
	FaultTemplateMany = "template-many" // the village has MaxTemplates
	FaultTemplateName = "template-name" // another template is called the same
	// FaultTemplateUrgent: there is no time to fill in a blank of an emergency's message.
	FaultTemplateUrgent = "template-urgent"
)

// Code names a template in addresses and as the Topic of the announcements that
// were made of it: its Key, or its ID when it is the village's own.
func (t Template) Code() string {
	if t.Key != "" {
		return t.Key
	}
	return t.ID
}

// Blanks lists what is to be filled in, those of the title first. What is no blank
// is left out: Validate tells of it.
func (t Template) Blanks() []Blank {
	list, _ := Blanks(t.Title, t.Text)
	return list
}

// Names of places that the board fills in by itself.
const (
	blankVillage = "thôn"
	blankCommune = "xã"
)

// For is the template with the names of a village in it: [thôn] and [xã], as far as
// they are known. A name that says itself what the place is, "Thôn 3", "Tổ dân phố
// 5", "Phường Cam Đường", is not called "thôn Thôn 3".
func (t Template) For(v Village) Template {
	t.Title, t.Text, t.Prepared = v.named(t.Title), v.named(t.Text), t.Prepared.For(v)
	return t
}

// named is a text with the names of v in it.
func (v Village) named(text string) string {
	names := map[string]string{blankVillage: v.Name, blankCommune: v.Commune}
	for kind, name := range names {
		text = placed(text, kind, name)
	}
	return Fill(text, names)
}

// placeKinds are the words with which the name of a village, or of a commune, says what it
// is. A commune may be called after a bản ("xã Bản Hồ"), so each has its own.
var placeKinds = map[string][]string{
	blankVillage: {"thôn", "bản", "làng", "xóm", "ấp", "buôn", "sóc", "phum", "khóm", "tổ dân phố", "khu phố", "tổ", "khu"},
	blankCommune: {"xã", "phường", "thị trấn", "đặc khu"},
}

// NameOfPlace is a name that says by itself what the place is, "Phường Cam Đường", as it
// stands within a sentence and at its beginning. kind is what a place is called that does
// not say it: "thôn" or "xã". False: the name is a bare one.
func NameOfPlace(kind, name string) (within, first string, says bool) {
	lower := strings.ToLower(name)
	if !slices.ContainsFunc(placeKinds[kind], func(k string) bool { return strings.HasPrefix(lower, k+" ") }) {
		return "", "", false
	}
	letter, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(letter)) + name[size:], string(unicode.ToUpper(letter)) + name[size:], true
}

// placed puts a name that says what the place is where the text says it as well,
// "thôn [thôn]".
func placed(text, kind, name string) string {
	small, large, says := NameOfPlace(kind, name)
	if !says {
		return text
	}
	blank := " [" + kind + "]"
	_, size := utf8.DecodeRuneInString(kind)
	return strings.NewReplacer(kind+blank, small, strings.ToUpper(kind[:size])+kind[size:]+blank, large).Replace(text)
}

// CleanTemplate is a template as it is kept: NFC, nothing around its words.
func CleanTemplate(t Template) Template {
	t.Name, t.Title = spaced(Clean(t.Name)), spaced(Clean(t.Title))
	t.Text, t.Prepared = strings.TrimSpace(Clean(t.Text)), cleanPrepared(t.Prepared)
	return t
}

// Validate checks a template by itself, after CleanTemplate. The error is an Invalid
// with every fault, or nil.
func (t Template) Validate() error {
	var f faults
	f.text(field{name: "name", text: t.Name, limit: MaxTemplateName, required: true, words: true})
	f.text(field{name: "title", text: t.Title, limit: MaxTitle, required: true, words: true})
	f.text(field{name: "text", text: t.Text, limit: MaxTemplateText, required: len(t.Prepared.Messages) == 0, lines: true, words: true})
	if !slices.Contains(TemplateTopics(), t.Topic) {
		f.add("topic", FaultUnknown, string(t.Topic))
	}
	switch {
	case t.Class == ClassEmergency && t.Key == "":
		f.urgent(t)
	case t.Class != ClassNormal && t.Class != ClassPriority:
		f.add("class", FaultUnknown, string(t.Class))
	}
	f.blanks(t)
	f.prepared(t)
	return f.err()
}

// urgent tells of the blanks of a template that nobody has time to fill in.
func (f *faults) urgent(t Template) {
	t = t.For(Village{Name: blankVillage, Commune: blankCommune})
	if left := t.Blanks(); len(left) > 0 {
		f.add("text", FaultTemplateUrgent, left[0].Label)
	}
	for _, m := range t.Prepared.Messages {
		if left, _ := Blanks(m.Text); len(left) > 0 {
			f.add(MessageField(m.Language), FaultTemplateUrgent, left[0].Label)
		}
	}
}

// blanks tells what is wrong with the blanks of a template, in the title and in the
// text, and then with both together.
func (f *faults) blanks(t Template) {
	told := 0
	for _, one := range []struct{ field, text string }{{"title", t.Title}, {"text", t.Text}} {
		_, wrong := Blanks(one.text)
		for _, w := range wrong {
			f.add(one.field, w.Code, w.Limit)
			told++
		}
	}
	if told > 0 {
		return
	}
	_, wrong := Blanks(t.Title, t.Text)
	for _, w := range wrong {
		f.add("text", w.Code, w.Limit)
	}
}

// Templates are those that a village can choose from.
type Templates []Template

// Beside are the templates of a village beside those that come with the program: a
// village's copy stands where the original stood, its own ones behind. own is the
// village's.
func (ts Templates) Beside(own Templates) Templates {
	all := slices.Clone(ts)
	for _, t := range own {
		i := slices.IndexFunc(all, func(o Template) bool { return t.Key != "" && o.Key == t.Key })
		if i < 0 {
			all = append(all, t)
			continue
		}
		all[i] = t
	}
	return all
}

// Of are those of some classes, in their order.
func (ts Templates) Of(classes ...Class) Templates {
	return slices.DeleteFunc(slices.Clone(ts), func(t Template) bool { return !slices.Contains(classes, t.Class) })
}

// Find is the template of a Code.
func (ts Templates) Find(code string) (Template, bool) {
	i := slices.IndexFunc(ts, func(t Template) bool { return t.Code() == code && code != "" })
	if i < 0 {
		return Template{}, false
	}
	return ts[i], true
}

// ByUse puts what was used most often first; what was used alike stays as it is.
// uses counts announcements by their Topic.
func (ts Templates) ByUse(uses map[string]int) Templates {
	all := slices.Clone(ts)
	slices.SortStableFunc(all, func(a, b Template) int { return uses[b.Code()] - uses[a.Code()] })
	return all
}

// Check is what is wrong with t among all of a village: its name is taken, or there
// are too many. The error is an Invalid, or nil.
func (ts Templates) Check(t Template) error {
	var f faults
	own := 0
	for _, o := range ts {
		if o.Revision > 0 {
			own++
		}
		if o.Code() != t.Code() && strings.EqualFold(o.Name, t.Name) {
			f.add("name", FaultTemplateName, "")
		}
	}
	if t.Revision == 0 && own >= MaxTemplates {
		f.add("name", FaultTemplateMany, strconv.Itoa(MaxTemplates))
	}
	return f.err()
}
