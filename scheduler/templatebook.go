package scheduler

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed templates/*.txt
var templateFiles embed.FS

// BuiltIn are the templates that come with the program, by topic. Each is a file of
// templates/, named by its Key: lines "name: value", an empty line, and the text.
func BuiltIn() Templates { return slices.Clone(builtIn()) }

// builtIn reads the files once. They are a part of the program: a fault in one is a
// programmer's, and panics.
var builtIn = sync.OnceValue(func() Templates {
	names, err := fs.Glob(templateFiles, "templates/*.txt")
	if err != nil {
		panic(fmt.Sprintf("list templates: %v", err))
	}
	var all Templates
	for _, name := range names {
		raw, err := fs.ReadFile(templateFiles, name)
		if err != nil {
			panic(fmt.Sprintf("read template: %v", err))
		}
		t, err := readTemplate(string(raw))
		if err != nil {
			panic(fmt.Sprintf("read template %s: %v", name, err))
		}
		t.Key = strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), ".txt")
		all = append(all, t)
	}
	topics := TemplateTopics()
	slices.SortStableFunc(all, func(a, b Template) int { return slices.Index(topics, a.Topic) - slices.Index(topics, b.Topic) })
	return all
})

// readTemplate reads a file of templates/.
func readTemplate(file string) (Template, error) {
	head, text, ok := strings.Cut(Clean(file), "\n\n")
	if !ok {
		return Template{}, fmt.Errorf("no empty line before the text")
	}
	t := Template{Text: text}
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch name {
		case "name":
			t.Name = value
		case "english":
			t.English = value
		case "topic":
			t.Topic = TemplateTopic(value)
		case "class":
			t.Class = Class(value)
		case "title":
			t.Title = value
		default:
			return Template{}, fmt.Errorf("unknown line %q", line)
		}
	}
	t = CleanTemplate(t)
	return t, t.Validate()
}
