package loalang_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// brings are programs that come with one which a set-up asks for.
var brings = map[string]string{
	"ffprobe": "ffmpeg", "gpgconf": "gpg", "pdftoppm": "pdftotext", "amixer": "arecord", "aplay": "arecord", "debugfs": "mkfs.ext4",
}

// bare are the programs of a Debian with what the README asks for, its essential packages among them.
var bare = " go gcc git make sh cp true sleep dpkg dpkg-deb apt-get setpriv chrt "

// asked are the programs that the set-up scripts install where they are lacking.
func asked(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, name := range []string{"scripts/setup.sh", "lab/setup.sh"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?m)^\s*want \S+ has (\S+)$`).FindAllStringSubmatch(string(raw), -1) {
			all[found[1]] = true
		}
	}
	return all
}

// TestEveryProgramOfTheTestsIsInstalled: on a fresh machine tests of recordings were left out
// for want of sox, one of the API failed for want of jq, and the lab of busybox; they had been
// installed by hand where the tests were written.
func TestEveryProgramOfTheTestsIsInstalled(t *testing.T) {
	installed, seen := asked(t), 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, program := range runs(file) {
			seen++
			if strings.HasPrefix(program, ".") || strings.Contains(bare, " "+filepath.Base(program)+" ") {
				continue
			}
			program = filepath.Base(program)
			if with, ok := brings[program]; ok {
				program = with
			}
			if !installed[program] {
				t.Errorf("%s runs %s, which no set-up installs: `want PACKAGE has %s` in scripts/setup.sh or lab/setup.sh", path, program, program)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 100 {
		t.Errorf("%d programs were found in the tests: this looks in the wrong place", seen)
	}
}

// runs are the programs that a file of tests names where it starts one, looks for one, or
// says that it needs one.
func runs(file *ast.File) (programs []string) {
	take := func(args []ast.Expr, most int) {
		for _, arg := range args {
			lit, ok := arg.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				continue
			}
			if name, err := strconv.Unquote(lit.Value); err == nil && most > 0 {
				programs, most = append(programs, name), most-1
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch f := call.Fun.(type) {
		case *ast.SelectorExpr:
			of, ok := f.X.(*ast.Ident)
			switch {
			case !ok || of.Name != "exec":
			case f.Sel.Name == "CommandContext":
				take(call.Args[1:2], 1)
			case f.Sel.Name == "Command" || f.Sel.Name == "LookPath":
				take(call.Args[:1], 1)
			}
		case *ast.Ident:
			if f.Name == "needs" {
				take(call.Args, len(call.Args))
			}
			if f.Name == "need" && len(call.Args) == 2 {
				if named, ok := call.Args[1].(*ast.CompositeLit); ok {
					for _, e := range named.Elts {
						if pair, ok := e.(*ast.KeyValueExpr); ok {
							take([]ast.Expr{pair.Key}, 1)
						}
					}
				}
			}
		}
		return true
	})
	return programs
}
