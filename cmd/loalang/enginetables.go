package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"loalang/speech"
)

// engineTable is one [[engine]] of loalang.toml: a speech engine of the technician's
// choice. It can be declared nowhere else, for it says what this machine runs and
// where it connects to.
type engineTable struct {
	name, kind, url, version string
	command                  []string
	rawRate, rawChannels     int
	timeout                  time.Duration
	public                   bool
	voices                   []speech.DeclaredVoice
}

// most is how many engines there may be, and how many voices each.
const most = 20

// slugName names an engine or a voice.
var slugName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9_.-]{0,38}[a-z0-9])?$`)

// engineKeys are the keys of a table, voiceKeys those of the voices in it.
var (
	engineKeys = []string{"name", "kind", "command", "url", "version", "raw_rate", "raw_channels", "timeout", "public", "voice"}
	voiceKeys  = []string{"id", "language", "name", "voice", "speaker", "rate"}
)

// tomlTable reads one table and gathers what is wrong with it.
type tomlTable struct {
	where  string
	values map[string]any
	faults []string
}

func (t *tomlTable) wrong(format string, args ...any) {
	t.faults = append(t.faults, "loalang.toml: "+t.where+": "+fmt.Sprintf(format, args...))
}

// only complains of keys that mean nothing.
func (t *tomlTable) only(known []string) {
	for _, k := range slices.Sorted(maps.Keys(t.values)) {
		if !slices.Contains(known, k) {
			t.wrong("%q is no setting of it: use %s", k, strings.Join(known, ", "))
		}
	}
}

// value is what stands under a key, if it is of the type.
func value[T any](t *tomlTable, key, kind string) (v T) {
	raw, there := t.values[key]
	if !there {
		return v
	}
	v, ok := raw.(T)
	if !ok {
		t.wrong("%s must be %s", key, kind)
	}
	return v
}

func (t *tomlTable) text(key string) string {
	return value[string](t, key, "a text in quotation marks")
}

func (t *tomlTable) number(key string, least, most int64) int {
	n := value[int64](t, key, "a whole number")
	if _, there := t.values[key]; there && (n < least || n > most) {
		t.wrong("%s must be from %d to %d", key, least, most)
		return 0
	}
	return int(n)
}

func (t *tomlTable) texts(key string) (list []string) {
	for _, v := range value[[]any](t, key, "a list of texts, such as [\"/usr/local/bin/piper\", \"--output-raw\"]") {
		s, ok := v.(string)
		if !ok {
			t.wrong("%s must be a list of texts in quotation marks", key)
			return nil
		}
		list = append(list, s)
	}
	return list
}

// readEngines reads what stands under "engine", and lists what is wrong with it, one
// sentence each.
func readEngines(raw any) (tables []engineTable, faults []string) {
	list, ok := raw.([]any)
	if !ok {
		return nil, []string{"loalang.toml: engine must be written as tables that begin with [[engine]]"}
	}
	if len(list) > most {
		return nil, []string{fmt.Sprintf("loalang.toml: there are %d engines, at most %d may be", len(list), most)}
	}
	seen := map[string]bool{}
	for i, v := range list {
		values, ok := v.(map[string]any)
		if !ok {
			return nil, []string{"loalang.toml: engine must be written as tables that begin with [[engine]]"}
		}
		t := &tomlTable{where: fmt.Sprintf("the %s [[engine]]", ordinal(i+1)), values: values}
		e := t.engine()
		if seen[e.name] {
			t.wrong("another has this name: choose a different one")
		}
		seen[e.name] = true
		if len(t.faults) == 0 {
			if _, err := e.open(""); err != nil {
				t.wrong("%s", sentence(err))
			}
		}
		tables, faults = append(tables, e), append(faults, t.faults...)
	}
	return tables, faults
}

func ordinal(n int) string {
	if n <= 3 {
		return []string{"first", "second", "third"}[n-1]
	}
	return fmt.Sprintf("%dth", n)
}

func (t *tomlTable) engine() engineTable {
	e := engineTable{name: t.text("name")}
	switch {
	case e.name == "":
		t.wrong("name is missing: call it something short, such as \"piper\"")
	case !slugName.MatchString(e.name) || e.name == "espeak":
		t.wrong("name is %q: use small letters, digits, hyphens, not espeak, which is built in", e.name)
	default:
		t.where = fmt.Sprintf("[[engine]] %q", e.name)
	}
	t.only(engineKeys)
	e.kind, e.url, e.command = t.text("kind"), t.text("url"), t.texts("command")
	e.version, e.public = t.text("version"), value[bool](t, "public", "true or false")
	e.rawRate, e.rawChannels = t.number("raw_rate", 8000, 48000), t.number("raw_channels", 1, 8)
	if text := t.text("timeout"); text != "" {
		var err error
		if e.timeout, err = time.ParseDuration(text); err != nil || e.timeout < time.Second || e.timeout > 10*time.Minute {
			t.wrong("timeout is %q: use a span from 1s to 10m", text)
		}
	}
	t.fits(e)
	t.voices(&e)
	return e
}

// fits says what does not go with the kind of an engine.
func (t *tomlTable) fits(e engineTable) {
	outside := map[string][]string{
		"exec":    {"url", "public"},
		"http":    {"command", "raw_rate", "raw_channels"},
		"wyoming": {"command", "raw_rate", "raw_channels"},
	}
	foreign, known := outside[e.kind]
	if !known {
		t.wrong("kind is %q: use \"exec\", \"http\" or \"wyoming\"", e.kind)
	}
	for _, k := range foreign {
		if _, there := t.values[k]; there {
			t.wrong("%s does not go with kind %q: take it out", k, e.kind)
		}
	}
}

func (t *tomlTable) voices(e *engineTable) {
	list := value[[]any](t, "voice", "written as tables that begin with [[engine.voice]]")
	if len(list) == 0 || len(list) > most {
		t.wrong("it has %d voices, 1 to %d may be: add [[engine.voice]] with id, language and name", len(list), most)
	}
	seen := map[string]bool{}
	for i, raw := range list {
		values, _ := raw.(map[string]any)
		v := &tomlTable{where: fmt.Sprintf("%s, the %s voice", t.where, ordinal(i+1)), values: values}
		v.only(voiceKeys)
		id, language := v.text("id"), v.text("language")
		switch {
		case !slugName.MatchString(id):
			v.wrong("id is %q: use small letters, digits, hyphens", id)
		case seen[id]:
			v.wrong("another voice has the id %q: choose a different one", id)
		case !slices.ContainsFunc(speech.Languages(), func(l speech.Language) bool { return l.Code == language }):
			v.wrong("language is %q: use one of %s", language, strings.Join(languageCodes(), ", "))
		case v.text("name") == "":
			v.wrong("name is missing: say how people know the voice")
		}
		seen[id] = true
		e.voices = append(e.voices, speech.DeclaredVoice{
			Voice: speech.Voice{ID: e.name + ":" + id, Language: language, Name: v.text("name")},
			Model: v.text("voice"), Speaker: v.text("speaker"), Pace: v.number("rate", speech.MinRate, speech.MaxRate),
		})
		t.faults = append(t.faults, v.faults...)
	}
}

func languageCodes() (codes []string) {
	for _, l := range speech.Languages() {
		codes = append(codes, l.Code)
	}
	return codes
}

// open makes the engine, with its files in a folder; "" is that of the system for
// temporary files.
func (e engineTable) open(dir string) (speech.Engine, error) {
	d := speech.Declared{Name: e.name, Version: e.version, Voices: e.voices, Timeout: e.timeout, TempDir: dir}
	switch e.kind {
	case "http":
		return speech.NewHTTP(speech.HTTPConfig{Declared: d, URL: e.url, Public: e.public})
	case "wyoming":
		return speech.NewWyoming(speech.WyomingConfig{Declared: d, URL: e.url, Public: e.public})
	}
	return speech.NewExec(speech.ExecConfig{Declared: d, Command: e.command, RawRate: e.rawRate, RawChannels: e.rawChannels})
}

// keptToOurselves complains when others may write the file that says what we run and
// to whom we send texts, or put another in its place.
func keptToOurselves(name string, engines []engineTable) []string {
	info, err := os.Stat(name)
	if len(engines) == 0 || err != nil {
		return nil
	}
	if info.Mode().Perm()&0o022 != 0 {
		return []string{"loalang.toml names an engine and may be changed by other users: chmod go-w " + name}
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && owner.Uid != 0 && int(owner.Uid) != os.Geteuid() {
		return []string{"loalang.toml names an engine and belongs to another user: chown root " + name}
	}
	if dir, err := os.Stat(filepath.Dir(name)); err == nil && dir.Mode().Perm()&0o002 != 0 && dir.Mode()&os.ModeSticky == 0 {
		return []string{"loalang.toml names an engine and may be replaced by other users: chmod o-w " + filepath.Dir(name)}
	}
	return nil
}
