package main

import (
	"debug/elf"
	"errors"
	"fmt"
)

// machines are the processors of Debian's architectures.
var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64, "armhf": elf.EM_ARM}

// libraries are what a program may need, and the packages that have them: another one would
// be missing on the board.
var libraries = map[string]string{
	"libasound.so.2":        "libasound2t64 | libasound2",
	"libc.so.6":             "libc6",
	"ld-linux-x86-64.so.2":  "",
	"ld-linux-aarch64.so.1": "",
	"ld-linux-armhf.so.3":   "",
	"libgcc_s.so.1":         "libgcc-s1",
	"libpthread.so.0":       "",
	"libdl.so.2":            "",
	"libresolv.so.2":        "",
	"libm.so.6":             "",
	"linux-vdso.so.1":       "",
	"libatomic.so.1":        "libatomic1",
}

// built refuses a program of another architecture, or one that needs a library that no
// dependency brings.
func (o order) built() error {
	f, err := elf.Open(o.program)
	if err != nil {
		return fmt.Errorf("read the program: %w", err)
	}
	defer func() { _ = f.Close() }()
	if f.Machine != machines[o.arch] {
		return fmt.Errorf("the program is for %s, the package for %s", f.Machine, o.arch)
	}
	_, err = o.needed(f)
	return err
}

// needed are the packages with the libraries of the program.
func (o order) needed(f *elf.File) ([]string, error) {
	names, err := f.ImportedLibraries()
	if err != nil {
		return nil, fmt.Errorf("read what the program needs: %w", err)
	}
	symbols, err := f.ImportedSymbols()
	if err != nil && !errors.Is(err, elf.ErrNoSymbols) { // one that is linked whole has none
		return nil, fmt.Errorf("read what the program needs: %w", err)
	}
	var packages []string
	for _, name := range names {
		p, known := libraries[name]
		if !known {
			return nil, fmt.Errorf("the program needs %s: name the package that has it in packaging/mkdeb/program.go", name)
		}
		if p == "libc6" {
			p += " (>= " + glibcOf(symbols) + ")"
		}
		if p != "" {
			packages = append(packages, p)
		}
	}
	return packages, nil
}

// leastGlibc is that of Debian 12, the oldest on which the package is tried.
const leastGlibc = 36

// glibcOf is the version of the C library without which a program with these symbols does not
// start: it is that of the machine that built it, which may be newer than a board's.
func glibcOf(symbols []elf.ImportedSymbol) string {
	least := leastGlibc
	for _, s := range symbols {
		var minor int
		if _, err := fmt.Sscanf(s.Version, "GLIBC_2.%d", &minor); err == nil {
			least = max(least, minor)
		}
	}
	return fmt.Sprintf("2.%d", least)
}

// libraryPackages is needed of the file.
func (o order) libraryPackages() ([]string, error) {
	f, err := elf.Open(o.program)
	if err != nil {
		return nil, fmt.Errorf("read the program: %w", err)
	}
	defer func() { _ = f.Close() }()
	return o.needed(f)
}
