package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"loalang/scheduler"
)

// choiceOfTemplate is what stands in the list of templates for a notice.
type choiceOfTemplate struct {
	Code, Icon, Name, Sub string
	Checked               bool
}

// templateGroup is the templates of a topic, folded unless one of them is chosen.
type templateGroup struct {
	Name, Icon string
	Open       bool
	Templates  []choiceOfTemplate
}

// ownWords is the choice that leaves everything to the author.
const ownWords = "tu-viet"

// mostUsed is how many templates stand before the groups.
const mostUsed = 4

// topicIcons are of icons.svg.
var topicIcons = map[scheduler.TemplateTopic]string{
	scheduler.TopicCommunity: "nha", scheduler.TopicUtilities: "dien", scheduler.TopicHealth: "yte", scheduler.TopicDanger: "nhac",
	scheduler.TopicFarming: "bo", scheduler.TopicService: "so", scheduler.TopicDigital: "may", scheduler.TopicSchool: "chu",
	scheduler.TopicFestival: "ngay", scheduler.TopicOther: "mau",
}

// templateName is the name of a template in the language of the page.
func (p phrase) templateName(t scheduler.Template) string {
	if p.lang == english && t.English != "" {
		return t.English
	}
	return t.Name
}

// templateSub says what a template asks for: "giờ họp, nơi họp, việc cần bàn".
func (p phrase) templateSub(t scheduler.Template, v scheduler.Village) string {
	var labels []string
	for _, b := range t.For(v).Blanks() {
		labels = append(labels, b.Label)
	}
	if len(labels) == 0 {
		return p.word("templates.no-blanks")
	}
	return strings.Join(labels, ", ")
}

// startWith are the templates that stand first while a village has used none.
var startWith = []string{"hop-thon", "y-te", "cat-dien", "ve-sinh"}

// templateGroups lists the templates to choose from: those that the village uses
// most, then the others by topic.
func (v *visit) templateGroups(all scheduler.Templates, uses map[string]int, chosen string) (often []choiceOfTemplate, groups []templateGroup) {
	first := mostUsedOf(all, uses)
	byTopic := map[scheduler.TemplateTopic]*templateGroup{}
	for _, t := range all {
		one := choiceOfTemplate{Code: t.Code(), Icon: topicIcons[t.Topic], Name: v.templateName(t), Sub: v.templateSub(t, v.village), Checked: t.Code() == chosen}
		if slices.Contains(first, one.Code) {
			often = append(often, one)
			continue
		}
		g := byTopic[t.Topic]
		if g == nil {
			g = &templateGroup{Name: v.word("template-topic." + string(t.Topic)), Icon: topicIcons[t.Topic]}
			byTopic[t.Topic] = g
		}
		g.Templates, g.Open = append(g.Templates, one), g.Open || one.Checked
	}
	slices.SortStableFunc(often, func(x, y choiceOfTemplate) int { return slices.Index(first, x.Code) - slices.Index(first, y.Code) })
	for _, topic := range scheduler.TemplateTopics() {
		if g := byTopic[topic]; g != nil {
			groups = append(groups, *g)
		}
	}
	return often, groups
}

// mostUsedOf are the codes of the templates that stand first: those that the village
// uses most, which are the first of all, filled up with those to start with.
func mostUsedOf(all scheduler.Templates, uses map[string]int) (codes []string) {
	add := func(code string) {
		if len(codes) < mostUsed && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	for _, t := range all {
		if uses[t.Code()] > 0 {
			add(t.Code())
		}
	}
	for _, code := range startWith {
		if _, there := all.Find(code); there {
			add(code)
		}
	}
	return codes
}

// blanksView is what is to be filled into the chosen template.
type blanksView struct {
	Name   string
	Filled string // names the words that the blanks were last filled into
	Title  string // what stands in the notice now
	Text   string
	Urgent bool // the template is of a priority notice
	Fields []blankField
}

// blankField is one blank in the form.
type blankField struct {
	ID, Label   string
	Type        string // of the input
	Mode        string // of the keyboard
	Example     string
	Value       string // as entered
	Was         string // as it was last written into the text
	Fault, Hint string
	Days        []choiceView // to be taken with one press; of a day only
}

// daysOffered are the days that a press writes into a blank, from today.
var daysOffered = []string{"when.today", "when.tomorrow", "when.day-after"}

// daysFrom offers them.
func (v *visit) daysFrom() (days []choiceView) {
	for i, code := range daysOffered {
		days = append(days, choiceView{Value: v.now.In(v.loc).AddDate(0, 0, i).Format(time.DateOnly), Name: v.word(code)})
	}
	return days
}

// Of the form's fields, those of a blank begin so, with its label behind.
const (
	blankPrefix = "blank:" // what was entered
	wasPrefix   = "was:"   // what of it stands in the text
)

// inputs are the kinds of input and of keyboard for a kind of blank.
var inputs = map[scheduler.BlankKind][2]string{
	scheduler.BlankDate: {"date", ""}, scheduler.BlankTime: {"text", "numeric"}, scheduler.BlankPlace: {"text", ""}, scheduler.BlankMoney: {"text", "decimal"},
	scheduler.BlankNumber: {"text", "decimal"}, scheduler.BlankPhone: {"tel", ""}, scheduler.BlankText: {"text", ""},
}

// chosenTemplate is the template that a form names, with the names of the village
// in it.
func (v *visit) chosenTemplate(all scheduler.Templates, f *form) (scheduler.Template, bool) {
	t, ok := all.Find(f.Get("topic"))
	return t.For(v.village), ok
}

// blanksOf is the blanks of the chosen template with what was entered; nil when
// there are none.
func (v *visit) blanksOf(all scheduler.Templates, f *form) *blanksView {
	t, ok := v.chosenTemplate(all, f)
	if !ok {
		return nil
	}
	view := &blanksView{Name: v.templateName(t), Filled: f.Get("filled"), Title: f.Get("title"), Text: f.Get("text"), Urgent: t.Class == scheduler.ClassPriority}
	blanks := t.Blanks()
	given := answersTo(blanks, v.now.In(v.loc), func(label string) string { return f.Get(blankPrefix + label) })
	for i, b := range blanks {
		in := inputs[b.Kind]
		one := blankField{
			ID: "blank-" + string(rune('a'+i)), Label: b.Label, Type: in[0], Mode: in[1], Example: v.word("blank-kind." + string(b.Kind)),
			Value: f.Get(blankPrefix + b.Label), Was: f.Get(wasPrefix + b.Label), Fault: f.faults[blankPrefix+b.Label],
		}
		if b.Kind == scheduler.BlankDate {
			one.Days = v.daysFrom()
		}
		if fault, wrong := given.faults[b.Label]; wrong {
			one.Fault = faultWords(v.lang, fault)
		}
		if hint := given.hints[b.Label]; hint != "" {
			one.Hint = v.word("blank-hint." + hint)
		}
		view.Fields = append(view.Fields, one)
	}
	return view
}

// useTemplate puts the chosen template's words into the form; blanks that were
// filled in before and are in it as well stay filled in.
func (v *visit) useTemplate(all scheduler.Templates, f *form) {
	t, ok := v.chosenTemplate(all, f)
	if !ok {
		return
	}
	f.Set("title", t.Title)
	f.Set("text", t.Text)
	f.Set("filled", wordsOfNotice(f))
	f.Del("priority")
	if t.Class == scheduler.ClassPriority {
		f.Set("priority", "1")
	}
	for name := range f.Values {
		if strings.HasPrefix(name, wasPrefix) {
			f.Del(name)
		}
	}
	v.fillBlanks(all, f)
}

// wordsOfNotice names title and text as they stand in the form.
func wordsOfNotice(f *form) string {
	return scheduler.Wording(scheduler.Clean(f.Get("title") + "\n" + f.Get("text")))
}

// fillBlanks writes what was entered into title and text. While nobody has changed
// them by hand they are made anew; else what stands for the blank is sought in them.
func (v *visit) fillBlanks(all scheduler.Templates, f *form) {
	t, ok := v.chosenTemplate(all, f)
	if !ok {
		return
	}
	blanks := t.Blanks()
	given := answersTo(blanks, v.now.In(v.loc), func(label string) string { return f.Get(blankPrefix + label) })
	for label, fault := range given.faults {
		f.fault(blankPrefix+label, faultWords(v.lang, fault))
	}
	title, text := scheduler.Clean(f.Get("title")), scheduler.Clean(f.Get("text"))
	ours := f.Get("filled") == wordsOfNotice(f)
	if ours {
		title, text = scheduler.Fill(t.Title, given.written), scheduler.Fill(t.Text, given.written)
	} else {
		title, text = scheduler.Fill(title, given.written), scheduler.Fill(text, given.written)
	}
	for _, b := range blanks {
		was, is := f.Get(wasPrefix+b.Label), given.written[b.Label]
		if !ours && was != "" && was != is {
			if is == "" {
				is = b.String()
			}
			if swap(&title, t.Title, b, was, is) && swap(&text, t.Text, b, was, is) {
				is = given.written[b.Label]
			} else {
				is = was
				f.fault(blankPrefix+b.Label, v.word("fault.blank-rewritten", was))
			}
		}
		f.Set(wasPrefix+b.Label, is)
	}
	f.Set("title", title)
	f.Set("text", text)
	if ours {
		f.Set("filled", wordsOfNotice(f))
	}
}

// swap puts is in the place of was in a text that was made of a template's and then
// changed by hand: when was stands there as often as the blank did.
func swap(text *string, template string, b scheduler.Blank, was, is string) bool {
	n := strings.Count(scheduler.Fill(template, map[string]string{b.Label: "\x00"}), "\x00")
	if n != strings.Count(*text, was) {
		return false
	}
	*text = strings.ReplaceAll(*text, was, is)
	return true
}

// unfilled refuses a notice that still has blanks in it, and says which.
func (v *visit) unfilled(all scheduler.Templates, f *form, a scheduler.Announcement) {
	for field, text := range map[string]string{"title": a.Title, "text": a.Text} {
		if left := scheduler.Unfilled(text); len(left) > 0 {
			f.fault(field, v.word("fault.blank", strings.Join(left[:min(len(left), scheduler.MaxBlanks)], ", ")))
		}
	}
	t, ok := v.chosenTemplate(all, f)
	if !ok {
		return
	}
	left := append(scheduler.Unfilled(a.Title), scheduler.Unfilled(a.Text)...)
	for _, b := range t.Blanks() {
		in, _ := scheduler.Blanks(strings.Join(left, ""))
		if slices.ContainsFunc(in, func(o scheduler.Blank) bool { return o.Label == b.Label }) {
			f.fault(blankPrefix+b.Label, v.word("fault.required"))
		}
	}
}

// noticeBlanks is the blanks alone, for the page's module: of a template that was
// just chosen, or after something was filled in.
func (p *panel) noticeBlanks(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	all, _, err := p.s.noticeTemplates(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	switch f.Get("do") {
	case "template":
		v.useTemplate(all, f)
	case "fill":
		v.fillBlanks(all, f)
	}
	p.send(v, http.StatusOK, fragment{"blanks", v.blanksOf(all, f)})
}
