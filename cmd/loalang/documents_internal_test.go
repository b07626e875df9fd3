package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// shownCode is what a document shows as code: in its text, and in lines of their own.
var shownCode = regexp.MustCompile("(?m)`([^`\n]+)`|^    (.+)$")

// shownCommand is a command of this program in such code, with what stands behind it.
var shownCommand = regexp.MustCompile(`(?:^|[\s;]|bin/)loalang(?:-board)? ([a-z][^;#<>&]*)`)

// shownSetting is a setting as the environment has it.
var shownSetting = regexp.MustCompile(`\bLOALANG_[A-Z_]+[A-Z]\b`)

// codeOf lists what a document shows as code.
func codeOf(t *testing.T, file string) (all []string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range shownCode.FindAllStringSubmatch(string(raw), -1) {
		all = append(all, m[1]+m[2])
	}
	return all
}

// notThere says what of a command line, as a document shows it, this program does not have: a word, a
// flag. `\|` stands between words of which one is given.
func notThere(root *cobra.Command, line string) (wrong []string) {
	cmd, words := root, strings.Fields(strings.NewReplacer(`\|`, "|", "[", " ", "]", " ", "(", " ", ")", " ").Replace(line))
	for i, word := range words {
		if !cmd.HasSubCommands() {
			break
		}
		next := cmd
		for one := range strings.SplitSeq(word, "|") {
			if at := slices.IndexFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == one }); at >= 0 {
				next = cmd.Commands()[at]
			} else if i == 0 || !cmd.Runnable() && regexp.MustCompile(`^[a-z]+$`).MatchString(one) {
				wrong = append(wrong, one)
			}
		}
		if next == cmd {
			break
		}
		cmd = next
	}
	for _, flag := range regexp.MustCompile(`--([a-z][a-z-]*)`).FindAllStringSubmatch(line, -1) {
		if cmd.Flags().Lookup(flag[1]) == nil && cmd.InheritedFlags().Lookup(flag[1]) == nil && flag[1] != "help" {
			wrong = append(wrong, flag[0])
		}
	}
	return wrong
}

// Whoever stands at a board types what its documents show: each command, flag and setting in them is
// one of this program.
func TestTheDocumentsNameWhatThereIs(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	guides, err := filepath.Glob("../../docs/guides/*.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, e := range table() {
		known[e.env()] = true
	}
	root := program{env: func(string) (string, bool) { return "", false }}.rootCommand()
	commands, settings := 0, 0
	for _, file := range slices.Concat([]string{"../../README.md", "../../packaging/loalang.env"}, files, guides) {
		for _, code := range codeOf(t, file) {
			for _, m := range shownCommand.FindAllStringSubmatch(code, -1) {
				commands++
				for _, wrong := range notThere(root, m[1]) {
					t.Errorf("%s shows %q: there is no %s", file, code, wrong)
				}
			}
		}
		if name := filepath.Base(file); name == "LAB.md" || name == "BENCHMARKS.md" { // they are about tests, which have variables of their own
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range shownSetting.FindAllString(string(raw), -1) {
			settings++
			if !known[name] {
				t.Errorf("%s names %s, which is no setting", file, name)
			}
		}
	}
	if commands < 120 || settings < 15 {
		t.Errorf("%d commands and %d settings were found: this test tests nothing", commands, settings)
	}
}

// Every setting stands in the table of COMMANDS.md, and what stands there is one.
func TestEverySettingIsDocumented(t *testing.T) {
	raw, err := os.ReadFile("../../docs/COMMANDS.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "\n| setting | default | meaning |\n")
	part, _, _ := strings.Cut(rest, "\n\n")
	var told, there []string
	for line := range strings.Lines(part) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(cell, -1) {
			name := m[1]
			if strings.HasPrefix(name, "-") { // behind one of the same device
				name = "amp-serial" + name
			}
			told = append(told, name)
		}
	}
	for _, e := range table() {
		there = append(there, e.name)
	}
	slices.Sort(told)
	slices.Sort(there)
	if !slices.Equal(told, there) {
		t.Errorf("told:\n%q\nthere:\n%q", told, there)
	}
}
