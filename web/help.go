package web

import (
	"embed"
	"fmt"
	"strings"
	"sync"
)

//go:embed help/vi.txt help/en.txt
var helpFiles embed.FS

// helpArea is one page of help: what is said of the pages of one kind of work.
type helpArea struct {
	Code, Name string
	Parts      []helpPart
}

// helpPart is what is said of one page.
type helpPart struct {
	Route, Anchor, Name string
	Text                []string // paragraphs
}

// helpBook reads the help of both languages once; the files are embedded and tested, so
// a fault in them is a programmer's.
var helpBook = sync.OnceValue(func() map[string][]helpArea {
	book := map[string][]helpArea{}
	for _, lang := range []string{vietnamese, english} {
		raw, err := helpFiles.ReadFile("help/" + lang + ".txt")
		if err != nil {
			panic(fmt.Sprintf("read help: %v", err))
		}
		book[lang] = readHelp(string(raw))
	}
	return book
})

// readHelp reads lines: "= code name" begins an area, "- route name" what is said of a
// page, every other line is a paragraph of it.
func readHelp(text string) (areas []helpArea) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		head, rest, _ := strings.Cut(line, " ")
		first, name, _ := strings.Cut(rest, " ")
		switch {
		case line == "":
		case head == "=":
			areas = append(areas, helpArea{Code: first, Name: name})
		case head == "-":
			area := &areas[len(areas)-1]
			area.Parts = append(area.Parts, helpPart{Route: first, Anchor: helpAnchor(first), Name: name})
		default:
			parts := areas[len(areas)-1].Parts
			parts[len(parts)-1].Text = append(parts[len(parts)-1].Text, line)
		}
	}
	return areas
}

// helpAnchor names what is said of a page within its page of help.
func helpAnchor(route string) string {
	if route == "/" {
		return "today"
	}
	return strings.NewReplacer("/", "-", ":", "").Replace(strings.TrimPrefix(route, "/"))
}

// helpLink is where help is for the route of a page or form: its own, else that of the
// page above it; the beginning of all help when nothing is said of it.
func helpLink(route string) string {
	for at := route; at != ""; at = at[:max(strings.LastIndex(at, "/"), 0)] {
		for _, area := range helpBook()[vietnamese] {
			for _, part := range area.Parts {
				if part.Route == at {
					return "/help/" + area.Code + "#" + part.Anchor
				}
			}
		}
	}
	return "/help"
}
