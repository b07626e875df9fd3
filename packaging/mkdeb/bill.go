package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// writeBill writes what the program is made of, as the Go linker noted it in the program itself.
func (o order) writeBill(file string) error {
	info, err := buildinfo.ReadFile(o.program)
	if err != nil {
		return fmt.Errorf("read what the program is made of: %w", err)
	}
	sum, err := sumOf(o.program)
	if err != nil {
		return err
	}
	bill, err := o.bill(info, sum)
	if err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("write what the program is made of: %w", err)
	}
	err = cdx.NewBOMEncoder(out, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bill, cdx.SpecVersion1_6)
	if e := out.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("write what the program is made of: %w", err)
	}
	return nil
}

// bill is the list. Its serial number is made of the program's sum: a list that was made twice
// is the same. The error names a part of which no licence is known.
func (o order) bill(info *debug.BuildInfo, sum []byte) (*cdx.BOM, error) {
	b := cdx.NewBOM()
	id := hex.EncodeToString(sum[:16])
	b.SerialNumber = fmt.Sprintf("urn:uuid:%s-%s-4%s-a%s-%s", id[:8], id[8:12], id[13:16], id[17:20], id[20:32])
	main := cdx.Component{
		BOMRef: "loalang", Type: cdx.ComponentTypeApplication, Name: "loalang", Version: o.version,
		PackageURL: "pkg:deb/loalang@" + strings.ReplaceAll(o.version, "+", "%2B") + "?arch=" + o.arch,
		Hashes:     &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum)}},
		Licenses:   licensed([]string{"Apache-2.0"}),
		Properties: settingsOf(info),
	}
	b.Metadata = &cdx.Metadata{Timestamp: o.made.Format(time.RFC3339), Component: &main}
	parts, err := partsOf(info)
	if err != nil {
		return nil, err
	}
	refs := []string{}
	for _, p := range parts {
		refs = append(refs, p.BOMRef)
	}
	b.Components, b.Dependencies = &parts, &[]cdx.Dependency{{Ref: "loalang", Dependencies: &refs}}
	return b, nil
}

// partsOf are what a program is made of: Go's own library, the modules, and what they have in them in C.
func partsOf(info *debug.BuildInfo) ([]cdx.Component, error) {
	_, folders, err := foldersOf(info)
	if err != nil {
		return nil, err
	}
	parts := []cdx.Component{{
		BOMRef: "std", Type: cdx.ComponentTypeLibrary, Name: "std", Version: info.GoVersion,
		PackageURL: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"),
	}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		c := cdx.Component{BOMRef: m.Path, Type: cdx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: "pkg:golang/" + m.Path + "@" + m.Version}
		if m.Sum != "" {
			c.Properties = &[]cdx.Property{{Name: "go:sum", Value: m.Sum}}
		}
		parts = append(parts, c)
	}
	for i, folder := range folders {
		names, err := licencesIn(folder)
		if err != nil {
			return nil, fmt.Errorf("find the licence of %s: %w", parts[i].Name, err)
		}
		parts[i].Licenses = licensed(names)
		within, err := sqliteIn(folder)
		if err != nil {
			return nil, fmt.Errorf("look into %s: %w", parts[i].Name, err)
		}
		if within != nil {
			parts = append(parts, *within)
		}
	}
	return parts, nil
}

// settingsOf are the settings with which the program was built, its commit among them.
func settingsOf(info *debug.BuildInfo) *[]cdx.Property {
	all := []cdx.Property{}
	for _, s := range info.Settings {
		all = append(all, cdx.Property{Name: "go:build:" + s.Key, Value: s.Value})
	}
	return &all
}

// sumOf is the SHA-256 of a file.
func sumOf(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the program: %w", err)
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, fmt.Errorf("read the program: %w", err)
	}
	return h.Sum(nil), nil
}
