// Command mkdeb makes the Debian package of one architecture out of a program that was built
// and the files of the folder packaging, with a list of what the program is made of (CycloneDX)
// inside and beside it, and the licences of that. The same input gives the same bytes.
//
// It is a module of its own, so that what makes packages is no part of the program. It owns what
// lies where in the package, and what it depends on. It must not know how the program is built, nor
// keys: build.sh and sign.sh do. It takes no time of the clock, and starts no goroutine.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// order is what one package is made of.
type order struct {
	arch    string // of Debian: amd64, arm64, armhf
	version string // of Debian; the program says the same
	made    time.Time
	program string // file
	source  string // the folder packaging
	docs    string // the folder docs
	out     string // folder
	fast    bool   // packed with gzip: larger, and made sooner
	work    string // folder for what is made on the way
}

func main() {
	var o order
	var epoch int64
	flag.StringVar(&o.arch, "arch", "", "architecture of Debian: amd64, arm64 or armhf")
	flag.StringVar(&o.version, "version", "", "version of the package")
	flag.Int64Var(&epoch, "epoch", 0, "Unix time of the commit: the time of every file")
	flag.StringVar(&o.program, "program", "", "the program, built for that architecture")
	flag.StringVar(&o.source, "source", "packaging", "folder with units, rules and scripts")
	flag.StringVar(&o.docs, "docs", "docs", "folder with the guides")
	flag.StringVar(&o.out, "out", "dist", "folder for the package")
	flag.BoolVar(&o.fast, "fast", false, "pack with gzip instead of xz: larger, and made sooner")
	flag.Parse()
	o.made = time.Unix(epoch, 0).UTC()
	file, err := o.run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mkdeb:", err)
		os.Exit(1)
	}
	fmt.Println(file)
}

// sound is a version that Debian orders.
var sound = regexp.MustCompile(`^[0-9][A-Za-z0-9.+~]*$`)

// run makes the package and gives its file.
func (o order) run() (string, error) {
	switch {
	case !sound.MatchString(o.version):
		return "", fmt.Errorf("%q is no version of Debian: a digit, then letters, digits, . + ~", o.version)
	case o.made.Unix() <= 0:
		return "", fmt.Errorf("give the Unix time of the commit with -epoch")
	case machines[o.arch] == 0:
		return "", fmt.Errorf("architecture %q: use amd64, arm64 or armhf", o.arch)
	}
	if err := o.built(); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp("", "mkdeb-")
	if err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }() // the system empties it else
	o.work = work
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return "", fmt.Errorf("make the folder for packages: %w", err)
	}
	bill := filepath.Join(o.out, fmt.Sprintf("loalang_%s_%s.cdx.json", o.version, o.arch))
	if err := o.writeBill(bill); err != nil {
		return "", err
	}
	return o.pack(bill)
}
