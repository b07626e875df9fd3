package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"loalang/scheduler"
)

// The languages of the panel. Vietnamese is the default whatever the browser
// asks for: cheap phones ask for English.
const (
	vietnamese = "vi"
	english    = "en"
)

//go:embed words/vi.json words/en.json
var wordFiles embed.FS

// catalog reads both languages once; the files are embedded and tested, so a
// fault in them is a programmer's.
var catalog = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range []string{vietnamese, english} {
		raw, err := wordFiles.ReadFile("words/" + lang + ".json")
		if err != nil {
			panic(fmt.Sprintf("read words: %v", err))
		}
		var words map[string]string
		if err := json.Unmarshal(raw, &words); err != nil {
			panic(fmt.Sprintf("read words of %s: %v", lang, err))
		}
		all[lang] = words
	}
	return all
})

// word is the text of a code in a language, "vi" or "en"; {0}, {1}… in it
// become args. Codes carry their kind in front: "fault.required",
// "reason.overlap", "cause.lost", "outcome.played", "heard.yes",
// "warning.noisy", "refused.empty", "problem.not-found". A code without words
// is returned as it is, so that nothing is hidden.
func word(lang, code string, args ...any) string {
	text, ok := catalog()[lang][code]
	if !ok {
		if text, ok = catalog()[vietnamese][code]; !ok {
			return code
		}
	}
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for i, arg := range args {
		pairs = append(pairs, placePairs(text, i, arg)...)
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", fmt.Sprint(arg))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// placePairs put the name of a place into a text that says what the place is: "thôn {0}"
// is "bản Nậm Cang" where the name says otherwise, and a commune that has no name goes with
// what stands before it.
func placePairs(text string, i int, arg any) (pairs []string) {
	name, is := arg.(string)
	if !is || !strings.Contains(text, "hôn {") && !strings.Contains(text, "xã {") && !strings.Contains(text, "} village") && !strings.Contains(text, "} commune") {
		return nil
	}
	slot := "{" + strconv.Itoa(i) + "}"
	if name == "" {
		return []string{", xã " + slot, "", " xã " + slot, "", ", " + slot + " commune", "", " of " + slot + " commune", ""}
	}
	if small, large, says := scheduler.NameOfPlace("thôn", name); says {
		pairs = append(pairs, "thôn "+slot, small, "Thôn "+slot, large, slot+" village", large)
	}
	if small, large, says := scheduler.NameOfPlace("xã", name); says {
		pairs = append(pairs, "xã "+slot, small, slot+" commune", large)
	}
	return pairs
}

// hasWord says whether the catalog words code.
func hasWord(code string) bool {
	_, ok := catalog()[vietnamese][code]
	return ok
}

// faultWords is a fault as a sentence, without the name of its field.
func faultWords(lang string, f scheduler.Fault) string {
	key := "fault." + f.Code
	if f.Code == scheduler.FaultDate && f.Limit != "" {
		key = "fault.no-such-day"
	}
	text := word(lang, key, limitWords(lang, f.Limit))
	return strings.ReplaceAll(text, " ()", "") // the bound is not always known
}
