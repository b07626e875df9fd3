package web

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"text/template/parse"
)

// bodyTemplate is the template of each page's file that layout.html goes around.
const bodyTemplate = "main"

// pageTemplate is the name of the template that is a whole page.
func pageTemplate(page string) string { return "page " + page }

// parsePages parses every template once per language, so that templates say {{t}} without
// being told the language. All pages are one set: each with a copy of what they share, as
// Clone makes it, took 45 MB, and once they were shown, 80.
func parsePages(as *assets) (map[string]*template.Template, error) {
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	sets := map[string]*template.Template{}
	for _, lang := range []string{vietnamese, english} {
		set := template.New("").Funcs(template.FuncMap{
			"t":      func(code string, args ...any) string { return word(lang, code, args...) },
			"lang":   func() string { return lang },
			"length": length,
			"list":   func(items ...any) []any { return items },
			"icon":   as.icon,
			"needs":  as.preloads,
			"asset":  func(name string) string { return as.urls[name] },
		})
		for _, file := range files {
			if err := addTemplates(set, file); err != nil {
				return nil, fmt.Errorf("parse %s: %w", file, err)
			}
		}
		sets[lang] = set
	}
	return sets, nil
}

// addTemplates adds the templates of a file to a set. Where it has a body of a page, that
// gets the page's name, and the page goes around it.
func addTemplates(set *template.Template, file string) error {
	text, err := fs.ReadFile(templateFiles, file)
	if err != nil {
		return err
	}
	trees := map[string]*parse.Tree{}
	reader := parse.New(file)
	reader.Mode = parse.SkipFuncCheck
	if _, err := reader.Parse(string(text), "", "", trees); err != nil {
		return err
	}
	page := strings.TrimSuffix(path.Base(file), ".html")
	for name, tree := range trees {
		switch {
		case name == file: // what lies between the definitions
			if !parse.IsEmptyTree(tree.Root) {
				return errors.New("there is text outside of its definitions")
			}
			continue
		case name == bodyTemplate:
			name = "body of " + page
			if _, err := set.New(pageTemplate(page)).Parse(`{{template "layout-top" .}}{{template "` + name + `" .}}{{template "layout-end" .}}`); err != nil {
				return err
			}
		case set.Lookup(name) != nil:
			return fmt.Errorf("%q is defined twice", name)
		}
		if _, err := set.AddParseTree(name, tree); err != nil {
			return err
		}
	}
	return nil
}
