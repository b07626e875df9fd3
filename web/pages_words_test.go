package web_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func words(t *testing.T, lang string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("words", lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var w map[string]string
	if err := json.Unmarshal(raw, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestBothCatalogsSayTheSame(t *testing.T) {
	vi, en := words(t, "vi"), words(t, "en")
	values := regexp.MustCompile(`\{\d\}`)
	for key, text := range vi {
		other, ok := en[key]
		if !ok {
			t.Errorf("%q has no English words", key)
			continue
		}
		a, b := values.FindAllString(text, -1), values.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%q takes %v in Vietnamese and %v in English", key, a, b)
		}
		if !norm.NFC.IsNormalString(text) {
			t.Errorf("%q is not NFC", key)
		}
	}
	for key := range en {
		if _, ok := vi[key]; !ok {
			t.Errorf("%q has no Vietnamese words", key)
		}
	}
}

// code is one constant of a room with its value.
type code struct{ file, name, kind, value string }

// codes lists the string constants of a package, read from its source: a new
// one without words fails the test below, not a villager's page.
func codes(t *testing.T, folder string) []code {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no source in %s: %v", folder, err)
	}
	var found []code
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for n := range ast.Preorder(f) {
			if spec, ok := n.(*ast.ValueSpec); ok {
				for _, c := range constants(spec) {
					c.file = filepath.Base(file)
					found = append(found, c)
				}
			}
		}
	}
	return found
}

func constants(spec *ast.ValueSpec) []code {
	kind := ""
	if id, ok := spec.Type.(*ast.Ident); ok {
		kind = id.Name
	}
	var cs []code
	for i, v := range spec.Values {
		lit, ok := v.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			continue
		}
		if value, err := strconv.Unquote(lit.Value); err == nil {
			cs = append(cs, code{name: spec.Names[i].Name, kind: kind, value: value})
		}
	}
	return cs
}

func TestEveryCodeHasWords(t *testing.T) {
	tests := []struct {
		folder string
		name   string // beginning of the constants' names, or
		kind   string // their type, or, ending in .go, their file
		prefix []string
		least  int // how many there are at least: the test must see them
	}{
		{"scheduler", "Fault", "", []string{"fault."}, 10},
		{"scheduler", "Reason", "", []string{"reason.", "cause."}, 19},
		{"scheduler", "", "RenditionState", []string{"rendition."}, 6},
		{"scheduler", "", "TemplateTopic", []string{"template-topic."}, 10},
		{"scheduler", "", "BlankKind", []string{"blank-kind."}, 7},
		{"scheduler", "Hint", "", []string{"blank-hint."}, 2},
		{"scheduler", "", "Class", []string{"class."}, 3},
		{"scheduler", "", "PartKind", []string{"part."}, 5},
		{"scheduler", "", "OccurrenceKind", []string{"kind."}, 3},
		{"playout", "", "Outcome", []string{"outcome."}, 7},
		{"playout", "", "TalkStage", []string{"live-stage."}, 5},
		{"playout", "End", "", []string{"cause."}, 6},
		{"playout", "", "Heard", []string{"heard."}, 4},
		{"playout", "Fault", "", []string{"rendition-fault.", "emergency-fault."}, 5},
		{"playout", "Trouble", "", []string{"emergency-fault."}, 4},
		{"playout", "Step", "", []string{"drill-step."}, 11},
		{"playout", "Drill", "", []string{"drill-fault."}, 14},
		{"playout", "Calibrate", "", []string{"calibration."}, 11},
		{"playout", "", "GateVoid", []string{"monitor-void."}, 4},
		{"playout", "", "MonitorTrouble", []string{"monitor-trouble."}, 4},
		{"proof", "", "Verdict", []string{"heard."}, 4},
		{"proof", "", "Why", []string{"proof."}, 5},
		{"audio", "", "Cause", []string{"cause."}, 7},
		{"audio", "", "Trouble", []string{"trouble."}, 4},
		{"playout", "Cause", "", []string{"cause."}, 2},
		{"audio", "", "Weakness", []string{"sound.weak."}, 4},
		{"recordings", "", "Refusal", []string{"refused."}, 8},
		{"recordings", "", "Kind", []string{"recording."}, 3},
		{"recordings", "", "profile.go", []string{"warning."}, 5},
		{"speech", "", "FaultCode", []string{"voice-fault."}, 13},
		{"relay", "", "Code", []string{"station-fault."}, 19},
		{"scheduler", "", "Resumption", []string{"interrupted."}, 3},
		{"people", "Fault", "", []string{"fault."}, 7},
		{"people", "", "Role", []string{"role."}, 5},
		{"hardware", "", "Trust", []string{"clock."}, 4},
		{"speech/vi", "", "Doubt", []string{"doubt."}, 3},
	}
	vi, en := words(t, "vi"), words(t, "en")
	for _, tt := range tests {
		t.Run(tt.folder+" "+tt.name+tt.kind, func(t *testing.T) {
			seen := 0
			for _, c := range codes(t, tt.folder) {
				if tt.kind != "" && tt.kind != c.kind && tt.kind != c.file || !strings.HasPrefix(c.name, tt.name) || !ast.IsExported(c.name) {
					continue
				}
				seen++
				for _, prefix := range tt.prefix {
					if vi[prefix+c.value] == "" || en[prefix+c.value] == "" {
						t.Errorf("%s.%s (%q) has no words under %q", tt.folder, c.name, c.value, prefix+c.value)
					}
				}
			}
			if seen < tt.least {
				t.Errorf("only %d constants were found, want %d or more", seen, tt.least)
			}
		})
	}
}

func TestEveryWordOfThePagesExists(t *testing.T) {
	vi := words(t, "vi")
	used := regexp.MustCompile(`\bt "([a-z-]+\.[a-z.-]+[a-z])"|ord\("([a-z-]+\.[a-z.-]+[a-z])"|ord\((?:v\.lang|lang|vietnamese|english), "([a-z-]+\.[a-z.-]+[a-z])"`)
	seen := 0
	for _, pattern := range []string{"templates/*.html", "*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, m := range used.FindAllStringSubmatch(string(raw), -1) {
				seen++
				if key := m[1] + m[2] + m[3]; vi[key] == "" && !strings.HasSuffix(key, ".html") && !emptyOnPurpose(key) {
					t.Errorf("%s says %q, which has no words", file, key)
				}
			}
		}
	}
	if seen < 150 {
		t.Errorf("only %d uses were found", seen)
	}
}

// emptyOnPurpose are the templates that leave everything to the author.
func emptyOnPurpose(key string) bool {
	return strings.HasPrefix(key, "emergency-template.khac.")
}

func TestNothingIsLeftUnworded(t *testing.T) {
	for _, lang := range []string{"vi", "en"} {
		for key, text := range words(t, lang) {
			if strings.TrimSpace(text) == "" && !emptyOnPurpose(key) {
				t.Errorf("%s: %q is empty", lang, key)
			}
		}
	}
}
