package loalang_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var linked = regexp.MustCompile(`\]\(([^)#]+)\)`)

// Whoever stands at a board types what its sheets show: with the settings of the board and as
// its user, and what takes pins with the service stopped and started again.
func TestTheSheetsShowCommandsThatRunOnABoard(t *testing.T) {
	command := regexp.MustCompile("(?:`|; |\n    )((?:sudo loalang-board|loalang) (?:amp|button|led|mixer|monitor|doctor)[^`;\n]*)")
	takes := regexp.MustCompile(`(?:amp|button|led) (?:test|self-test)`)
	const stop, start = "sudo systemctl stop loalang", "sudo systemctl start loalang"
	for _, sheet := range []string{"docs/WIRING.md", "docs/BUTTON.md"} {
		raw, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		text, seen := string(raw), 0
		for _, at := range command.FindAllStringSubmatchIndex(text, -1) {
			shown := text[at[2]:at[3]]
			if shown == "loalang amp safe-state" { // the service's own
				continue
			}
			seen++
			if !strings.HasPrefix(shown, "sudo loalang-board ") {
				t.Errorf("%s: %q does not have the settings of the board: write sudo loalang-board", sheet, shown)
			}
			before, after := text[max(0, at[2]-60):at[2]], text[at[3]:min(len(text), at[3]+60)]
			if takes.MatchString(shown) && (!strings.Contains(before, stop) || !strings.Contains(after, start)) {
				t.Errorf("%s: %q finds its pins held by the service: stop it before, and start it again", sheet, shown)
			}
		}
		if seen < 4 {
			t.Errorf("%s: %d commands were found: this test tests nothing", sheet, seen)
		}
	}
}

// What only root may do is shown with sudo: the find that empties the folder beneath the data's disk was
// refused to whoever typed it, and the journal showed a user of Debian nothing.
func TestTheSheetsAskForRoot(t *testing.T) {
	code := regexp.MustCompile("(?m)`([^`\n]+)`|^ {4,}(\\S.*)$")
	bare := regexp.MustCompile(`(?:^|&& |; )(?:find /|mkfs|mount |umount |cp -a|cp -r|install -|chown|sed -i|journalctl -u|alsactl|loalang-update |dpkg -i|update-grub|systemctl (?:stop|start|restart|kill)|apt-get (?:install|update|purge|remove))`)
	seen := 0
	for _, sheet := range []string{"docs/INSTALL.md", "docs/WIRING.md", "docs/BUTTON.md", "docs/guides/ky-thuat.md"} {
		raw, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range code.FindAllStringSubmatch(string(raw), -1) {
			shown := m[1] + m[2]
			seen += strings.Count(shown, "sudo ")
			if !strings.HasPrefix(shown, "sudo sh -c '") && bare.MatchString(shown) {
				t.Errorf("%s: %q is for root: write sudo", sheet, shown)
			}
		}
	}
	if seen < 40 {
		t.Errorf("%d commands were found: this test tests nothing", seen)
	}
}

// TestTheTechniciansGuideSavesAsTheBoardDoes: it taught to stop the board and copy its folder, with the
// keys in it, and named commands that ran with other data than those of the board.
func TestTheTechniciansGuideSavesAsTheBoardDoes(t *testing.T) {
	raw, err := os.ReadFile("docs/guides/ky-thuat.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, bare := range regexp.MustCompile("(?m)(?:`|^    )(?:sudo )?loalang [^`\n]*").FindAllString(text, -1) {
		t.Errorf("%q has neither the settings nor the data of the board: write sudo loalang-board", bare)
	}
	for _, want := range []string{"`loalang-backup`", "sudo loalang-board backup list", "sudo loalang-board data check", "sudo loalang-board data repair", "sudo loalang-board bundle export", "/etc/loalang/loalang.env"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not tell of %s", want)
		}
	}
	if !regexp.MustCompile(`\n    sudo sh -c 'trap "" HUP; systemctl stop loalang; loalang-board restore --over \S+\.loalang\.tar; systemctl start loalang'\n`).MatchString(text) {
		t.Error("it does not show how to restore: the service stopped before, a used folder, the service started behind it whatever became of it, by one line that outlives the way to the board")
	}
}

// What the guides show and lead to is there, and README leads to each of them.
func TestGuidesLeadSomewhere(t *testing.T) {
	guides, err := filepath.Glob("docs/guides/*.md")
	if err != nil || len(guides) < 4 {
		t.Fatalf("%d guides: %v", len(guides), err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, guide := range guides {
		if !strings.Contains(string(readme), "("+filepath.ToSlash(guide)+")") {
			t.Errorf("README.md does not lead to %s", guide)
		}
		raw, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range linked.FindAllStringSubmatch(string(raw), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(guide), to[1])); err != nil {
				t.Errorf("%s leads to %s, which is not there", guide, to[1])
			}
		}
	}
}

// TestMessagesNameCommandsOfABoard: what a command says to do next is typed as it stands. The
// help of commands, which is about commands by their names, is left out.
func TestMessagesNameCommandsOfABoard(t *testing.T) {
	var files []string
	for _, folder := range []string{"archive", "audio/speaker", "cmd/loalang", "hardware", "store"} {
		found, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	said, bare := 0, regexp.MustCompile("`loalang (?:asrun|backup|bundle|data|doctor|monitor|plan|restore|token|user) ?")
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				key, named := n.Key.(*ast.Ident)
				return !named || !slices.Contains([]string{"Long", "Short", "Example"}, key.Name)
			case *ast.BasicLit:
				said += strings.Count(n.Value, "sudo loalang-board ")
				if at := bare.FindString(n.Value); at != "" {
					t.Errorf("%s: %q runs without the settings of the board: write sudo loalang-board", file, at)
				}
			}
			return true
		})
	}
	if said < 15 {
		t.Errorf("%d commands were found: this test tests nothing", said)
	}
}
