package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/licensecheck"
)

// licencesIn are the names by which SPDX knows the licences of a module's folder, sorted, as its texts
// say and not as somebody wrote down once. The error names a text that is none of them: a part of
// which nobody knows under what it may be passed on is in no package.
func licencesIn(folder string) (names []string, err error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if !noticed.MatchString(f.Name()) || !licence.MatchString(f.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			return nil, err
		}
		if said := ownWord.FindSubmatch(text); said != nil {
			names = append(names, string(said[1]))
			continue
		}
		found := false
		for _, m := range licensecheck.Scan(text).Match {
			// A patent grant goes with a licence and is none; an address only points to one.
			if !m.IsURL && !strings.HasPrefix(m.ID, "GooglePatent") {
				names, found = append(names, m.ID), true
			}
		}
		if !found {
			return nil, fmt.Errorf("%s is no licence that SPDX has", f.Name())
		}
	}
	if slices.Sort(names); len(names) == 0 {
		return nil, fmt.Errorf("%s has none", folder)
	}
	return slices.Compact(names), nil
}

// ownWord is where a text says itself what it is, in the words of SPDX: of two licences from which one may
// choose, what is read of the texts is both.
var ownWord = regexp.MustCompile(`SPDX-License-Identifier: *([A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*)`)

// licensed is how the list writes licences. Of a part with several all are kept: which of its files
// has which is in its own words.
func licensed(names []string) *cdx.Licenses {
	if len(names) == 1 && !strings.Contains(names[0], " ") {
		return &cdx.Licenses{{License: &cdx.License{ID: names[0]}}}
	}
	all := slices.Clone(names)
	for i, name := range all {
		if len(all) > 1 && strings.Contains(name, " OR ") {
			all[i] = "(" + name + ")"
		}
	}
	return &cdx.Licenses{{Expression: strings.Join(all, " AND ")}}
}

// sqliteVersion is how the header of SQLite says which it is.
var sqliteVersion = regexp.MustCompile(`(?m)^#define SQLITE_VERSION\s+"([0-9.]+)"`)

// sqliteIn is the SQLite that go-sqlite3 has in its folder, in C: no list of Go's names it. Nil of any other folder.
func sqliteIn(folder string) (*cdx.Component, error) {
	header, err := os.ReadFile(filepath.Join(folder, "sqlite3-binding.h"))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	said := sqliteVersion.FindSubmatch(header)
	if said == nil {
		return nil, fmt.Errorf("%s does not say which SQLite it is of", folder)
	}
	version := string(said[1])
	return &cdx.Component{
		BOMRef: "sqlite", Type: cdx.ComponentTypeLibrary, Name: "sqlite", Version: version,
		PackageURL: "pkg:generic/sqlite@" + version, Licenses: licensed([]string{"blessing"}),
	}, nil
}
