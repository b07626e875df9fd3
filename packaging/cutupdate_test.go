package packaging_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAPowerCutInAnUpdateStartsTheVersionBefore: dpkg names the new program as soon as it lays it down. Where the power
// went before it was tried, the next start had a program that was not there yet and no other, or one that met the
// data untried; nobody was there to go on with the update.
func TestAPowerCutInAnUpdateStartsTheVersionBefore(t *testing.T) {
	for name, c := range map[string]struct {
		gone, there bool // the old program is taken away; the new one lies there
		tried       bool // the trial has begun
	}{
		"NamedOnly": {},
		"LaidDown":  {gone: true, there: true},
		"InTrial":   {gone: true, there: true, tried: true},
	} {
		t.Run(name, func(t *testing.T) {
			y := setUp(t, "exit 0")
			must(t, "rm", "-r", filepath.Join(y.dir, "usr/lib/loalang/before"))
			y.program("stat", `case $* in *"%d "*) echo 1 ;; *) exec /usr/bin/stat "$@" ;; esac`)
			if said, well := y.run("deb/preinst", "upgrade", "1"); !well {
				t.Fatal(said)
			}
			one, two, link := filepath.Join(y.dir, "usr/lib/loalang/1/loalang"), filepath.Join(y.dir, "usr/lib/loalang/@VERSION@/loalang"), filepath.Join(y.dir, "usr/bin/loalang")
			must(t, "ln", "-sfn", two, link) // as dpkg does, a link at once, and files at the end
			if c.there {
				y.file("usr/lib/loalang/@VERSION@/loalang", "#!/bin/sh\necho 2\n")
			}
			if c.gone {
				must(t, "rm", "-r", filepath.Dir(one))
			}
			if c.tried { // and is killed in it
				y.program("loalang-board", "kill -KILL $PPID")
				if _, well := y.run("deb/postinst", "configure", "1"); well {
					t.Fatal("postinst was not ended: this test tests nothing")
				}
			}
			for range 2 { // it is run at each start
				if said, well := y.run("bin/loalang-before"); !well {
					t.Fatal(said)
				}
			}
			if at, err := filepath.EvalSymlinks(link); err != nil || at != one || !strings.Contains(read(t, at), "echo 1") {
				t.Fatalf("the program is %q, %v", at, err)
			}
			if info, err := os.Stat(filepath.Dir(one)); err != nil || info.Mode()&0o5 != 0o5 {
				t.Fatalf("the service's user does not come to its program: %v, %v", info.Mode(), err)
			}
			// Whoever comes goes on with the update, which is tried with its own program.
			y.file("usr/lib/loalang/@VERSION@/loalang", "#!/bin/sh\necho 2\n")
			y.program("loalang-board", `echo "$LOALANG_PROGRAM" >"$0.tried"`)
			if said, well := y.run("deb/postinst", "configure", "1"); !well {
				t.Fatal(said)
			}
			if at, err := filepath.EvalSymlinks(link); err != nil || at != two || strings.TrimSpace(read(t, filepath.Join(y.dir, "fakes/loalang-board.tried"))) != two {
				t.Errorf("the program is %q, %v", at, err)
			}
			if said, well := y.run("bin/loalang-before"); !well || said != "" {
				t.Errorf("behind an update that went well: %v: %s", well, said)
			}
		})
	}
}

// TestARefusedUpdateBehindAPowerCutLeavesTheVersionBefore: and so it is at each start from then on.
func TestARefusedUpdateBehindAPowerCutLeavesTheVersionBefore(t *testing.T) {
	y := setUp(t, "exit 0")
	y.program("stat", `case $* in *"%d "*) echo 1 ;; *) exec /usr/bin/stat "$@" ;; esac`)
	one, link := filepath.Join(y.dir, "usr/lib/loalang/1/loalang"), filepath.Join(y.dir, "usr/bin/loalang")
	if said, well := y.run("deb/preinst", "upgrade", "1"); !well {
		t.Fatal(said)
	}
	y.file("usr/lib/loalang/@VERSION@/loalang", "#!/bin/sh\necho 2\n")
	must(t, "ln", "-sfn", filepath.Join(y.dir, "usr/lib/loalang/@VERSION@/loalang"), link)
	must(t, "rm", "-r", filepath.Dir(one))
	y.program("loalang-board", "exit 1")
	for _, step := range []string{"bin/loalang-before", "deb/postinst", "bin/loalang-before"} {
		said, well := y.run(step, "configure", "1")
		if at, err := filepath.EvalSymlinks(link); well == (step == "deb/postinst") || err != nil || at != one {
			t.Fatalf("%s: well %v; the program is %q, %v: %s", step, well, at, err, said)
		}
	}
	if _, err := os.Stat(filepath.Join(y.dir, "usr/lib/loalang/before/untried")); err == nil {
		t.Error("the update counts as cut short still")
	}
}
