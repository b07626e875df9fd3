package vi_test

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"loalang/speech/vi"
)

// canon makes two readings equal that a listener would call the same: linh and
// lẻ, nghìn and ngàn, tư and bốn after mươi, "không trăm" behind nghìn, minutes
// said or not, and the place of the tone mark.
type canon struct {
	marks *regexp.Regexp
	tones map[string]string
	swaps []regexpSwap
}

type regexpSwap struct {
	from *regexp.Regexp
	to   string
}

// b is a word's end for Vietnamese letters, which \b of RE2 does not know.
const b = `($|[^\pL\pN_])`

func newCanon() *canon {
	c := &canon{
		marks: regexp.MustCompile(`[^\pL\pM\pN_\s]`),
		tones: map[string]string{
			"oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa", "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe",
			"oẹ": "ọe", "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
		},
	}
	for _, s := range [][2]string{
		{"lẻ", "linh"},
		{"ngàn", "nghìn"},
		{"tỉ", "tỷ"},
		{"kỉ", "kỷ"},
		{"xen ti mét", "xăng ti mét"},
		{"héc", "hẹc"},
		{"ghi ga", "gi ga"},
		{"độ c", "độ xê"},
	} {
		c.swaps = append(c.swaps, regexpSwap{regexp.MustCompile(`(^| )` + s[0] + `( |$)`), "${1}" + s[1] + "${2}"})
	}
	one := `(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mươi|lăm|mốt|tư| )`
	for _, s := range [][2]string{
		{`(mươi) tư( |$)`, "${1} bốn${2}"},
		{`(nghìn|triệu|tỷ) không trăm( |$)`, "${1}${2}"},
		{`(giờ) không phút( |$)`, "${1}${2}"},
		{`phút không giây( |$)`, "phút${1}"},
		{`(giờ (?:không )?` + one + `+?) phút( |$)`, "${1}${2}"},
		{`giờ không (một|hai|ba|bốn|năm|sáu|bảy|tám|chín)( |$)`, "giờ ${1}${2}"},
		{`^ngày (\S+(?: \S+)* tháng)`, "${1}"},
	} {
		c.swaps = append(c.swaps, regexpSwap{regexp.MustCompile(s[0]), s[1]})
	}
	return c
}

func (c *canon) of(s string) string {
	s = strings.ToLower(norm.NFC.String(s))
	s = strings.NewReplacer("<en>", "", "</en>", "").Replace(s)
	s = strings.Join(strings.Fields(c.marks.ReplaceAllString(s, " ")), " ")
	for from, to := range c.tones {
		s = regexp.MustCompile(`(^|[^qg])`+from+b).ReplaceAllString(s, "${1}"+to+"${2}")
	}
	for _, swap := range c.swaps {
		// A shared space hides every second match.
		s = swap.from.ReplaceAllString(swap.from.ReplaceAllString(s, swap.to), swap.to)
	}
	return strings.Join(strings.Fields(s), " ")
}

// TestCases measures the normaliser against tables of cases that are not part of
// this project: every *.tsv of a folder, whose head names the columns input and
// expected, and class if there is one.
func TestCases(t *testing.T) {
	dir := os.Getenv("LOALANG_SPEECH_CASES")
	if dir == "" {
		t.Skip("no cases to measure by: set LOALANG_SPEECH_CASES to a folder of .tsv files with the columns input and expected")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.tsv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no .tsv files in %s (%v)", dir, err)
	}
	c := newCanon()
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { measure(t, c, file) })
	}
}

func measure(t *testing.T, c *canon, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() {
		t.Fatal("no head")
	}
	column := map[string]int{}
	for i, name := range strings.Split(lines.Text(), "\t") {
		column[name] = i + 1
	}
	if column["input"] == 0 || column["expected"] == 0 {
		t.Fatalf("the head %q names no input and expected", lines.Text())
	}
	right, all := map[string]int{}, map[string]int{}
	for lines.Scan() {
		row := append(strings.Split(lines.Text(), "\t"), "", "", "", "")
		class := "all"
		if n := column["class"]; n > 0 {
			class, _, _ = strings.Cut(row[n-1], " ")
		}
		input, want := row[column["input"]-1], row[column["expected"]-1]
		got := vi.Normalize(input, nil).Text
		all[class]++
		if c.of(got) == c.of(want) {
			right[class]++
		} else {
			t.Logf("wrong %s: %q is read %q, expected %q", class, input, got, want)
		}
	}
	report(t, right, all)
}

func report(t *testing.T, right, all map[string]int) {
	var classes []string
	families, familyRight := map[string]int{}, map[string]int{}
	for class := range all {
		classes = append(classes, class)
		family, _, _ := strings.Cut(class, ".")
		families[family] += all[class]
		familyRight[family] += right[class]
	}
	sort.Strings(classes)
	for _, class := range classes {
		t.Logf("%-14s %4d of %4d  %5.1f %%", class, right[class], all[class], 100*float64(right[class])/float64(all[class]))
	}
	for family, n := range families {
		t.Logf("together %-8s %4d of %4d  %5.1f %%", family, familyRight[family], n, 100*float64(familyRight[family])/float64(n))
	}
}
