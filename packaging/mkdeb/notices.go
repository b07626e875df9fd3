package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
)

// noticed are the files of a module in which its licence stands, and what that wants passed on.
var noticed = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense|notice|patents)(\.(txt|md))?$`)

// licence is the one without which nothing may be passed on.
var licence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)`)

// notices writes the licences of all that is linked into the program, each text once behind the
// names of those that have it: most may be passed on only with theirs. The file is its; the error
// names a part without one, or whose folder is not there.
func (o order) notices() (string, error) {
	info, err := buildinfo.ReadFile(o.program)
	if err != nil {
		return "", fmt.Errorf("read what the program is made of: %w", err)
	}
	parts, folders, err := foldersOf(info)
	if err != nil {
		return "", err
	}
	var texts []string
	having := map[string][]string{} // by text
	for i, folder := range folders {
		all, err := noticesIn(folder)
		if err != nil {
			return "", fmt.Errorf("find the licence of %s: %w", parts[i], err)
		}
		for _, text := range all {
			if having[text] == nil {
				texts = append(texts, text)
			}
			having[text] = append(having[text], parts[i])
		}
	}
	var all strings.Builder
	all.WriteString("What Loa Làng is built of, and under which licences.\n")
	for _, text := range texts {
		all.WriteString("\n" + strings.Repeat("=", 72) + "\n" + strings.Join(having[text], "\n") + "\n\n" + text + "\n")
	}
	return o.squeezed("notices.gz", all.String())
}

// foldersOf are the parts of a program, as module@version, and where their sources lie, beginning with Go's own.
func foldersOf(info *debug.BuildInfo) (parts, folders []string, err error) {
	said, err := exec.CommandContext(context.Background(), cmp.Or(os.Getenv("GO"), "go"), "env", "GOROOT", "GOMODCACHE").Output()
	if err != nil {
		return nil, nil, fmt.Errorf("ask go where sources lie: %w", err)
	}
	at := strings.Split(strings.TrimSpace(string(said)), "\n")
	if len(at) != 2 {
		return nil, nil, fmt.Errorf("ask go where sources lie: it says %q", said)
	}
	parts, folders = []string{"std@" + info.GoVersion}, []string{at[0]}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		part := m.Path + "@" + m.Version
		parts, folders = append(parts, part), append(folders, filepath.Join(at[1], filepath.FromSlash(escaped(part))))
	}
	return parts, folders, nil
}

// escaped is how the cache of modules writes a name: !a for A.
func escaped(part string) string {
	var b strings.Builder
	for _, r := range part {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('!')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// noticesIn are the texts in a module's folder, in the order of their files' names.
func noticesIn(folder string) (texts []string, err error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(files, func(f os.DirEntry) bool { return noticed.MatchString(f.Name()) && licence.MatchString(f.Name()) }) {
		return nil, fmt.Errorf("%s has none", folder)
	}
	for _, f := range files {
		if !noticed.MatchString(f.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, strings.TrimSpace(string(text)))
	}
	return texts, nil
}

// squeezed writes a text, packed, into the folder of the order: the same text gives the same bytes.
func (o order) squeezed(name, text string) (string, error) {
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		if _, err = z.Write([]byte(text)); err == nil {
			err = z.Close()
		}
	}
	if err != nil {
		return "", fmt.Errorf("pack %s: %w", name, err)
	}
	file := filepath.Join(o.work, name)
	if err := os.WriteFile(file, packed.Bytes(), 0o644); err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	return file, nil
}
