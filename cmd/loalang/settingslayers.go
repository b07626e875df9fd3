package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
)

// ofDefault is where a setting is from that nobody gave.
const ofDefault = "the default"

// layers is what all of them say of each setting, before anybody makes out whether that is sound.
type layers struct {
	values, from map[string]string // by setting; from as people know it
	given        []given
	engines      []engineTable
	faults       []string // of loalang.toml
	unread       error    // why that could not be read, though it is there
	twice        []string // settings that stand in it twice
	copied       string   // why its copy is read instead
	unclear      bool     // there are lines in it, or it is as a whole, of which nobody knows what they set
}

// layers reads every layer.
func (p program) layers(cmd *cobra.Command) layers {
	l := layers{values: map[string]string{}, from: map[string]string{}}
	put := func(name, value, source string) { l.values[name], l.from[name] = value, source }
	for _, e := range table() {
		put(e.name, e.value, ofDefault)
	}
	data := p.dataFolder(cmd)
	file := folder(data).settings()
	raw, err := os.ReadFile(file)
	fromFile := l.takeFile(folder(data), raw, err)
	if l.unread != nil && folder(data).gone() {
		l.unread = nil // it is with the disk: what else is set must do
	}
	if l.unread != nil {
		l.faults = append(l.faults, l.unread.Error())
	}
	if l.copied != "" {
		file = folder(data).settingsCopy()
	}
	l.faults = append(l.faults, keptToOurselves(file, l.engines)...)
	known := map[string]bool{}
	for _, e := range table() {
		known[e.name] = true
		if v, ok := fromFile[e.name]; ok {
			put(e.name, v, "loalang.toml")
		}
		if v, ok := p.env(e.env()); ok {
			put(e.name, v, e.env())
			l.given = append(l.given, given{e.env(), v})
		}
		if f := cmd.Flags().Lookup(e.name); f != nil && f.Changed {
			put(e.name, f.Value.String(), "--"+e.name)
		}
	}
	for name := range fromFile {
		switch {
		case name == "data":
			l.faults = append(l.faults, "loalang.toml: \"data\" names the folder in which this file lies: give it as --data or LOALANG_DATA")
		case !known[name]:
			l.faults = append(l.faults, fmt.Sprintf("loalang.toml: %q is no setting: correct it or take it out", name))
			l.unclear = true
		}
	}
	return l
}

// parse takes what loalang.toml holds: its plain values, as texts, are returned, its engines and what is wrong
// with it are noted. No file is no settings.
func (l *layers) parse(name string, raw []byte, err error) (values map[string]string) {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		l.unread, l.unclear = fmt.Errorf("%s cannot be read: %w", name, reasonOf(err)), true
		return nil
	}
	var tree map[string]any
	if err := toml.Unmarshal(raw, &tree); err != nil {
		where := name
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, _ := at.Position()
			where = fmt.Sprintf("%s, line %d", name, line)
		}
		l.faults, l.unclear = append(l.faults, fmt.Sprintf("%s is not TOML: %v", where, err)), true
		return nil
	}
	if raw, there := tree["engine"]; there {
		var faults []string
		l.engines, faults = readEngines(raw)
		l.faults = append(l.faults, faults...)
		delete(tree, "engine")
	}
	values = map[string]string{}
	for _, k := range slices.Sorted(maps.Keys(tree)) {
		setting := strings.ReplaceAll(k, "_", "-")
		if _, twice := values[setting]; twice {
			l.faults, l.twice = append(l.faults, fmt.Sprintf("loalang.toml: %q is there twice: take one out", setting)), append(l.twice, setting)
		}
		switch v := tree[k].(type) {
		case string, bool, int64, float64:
			values[setting] = fmt.Sprint(v)
		default:
			l.faults, l.unclear = append(l.faults, fmt.Sprintf("loalang.toml: %q must be a plain value, such as a text in quotation marks", k)), true
		}
	}
	return values
}
