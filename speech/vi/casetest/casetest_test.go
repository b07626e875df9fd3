package casetest_test

import (
	"strings"
	"testing"

	"loalang/speech/vi/casetest"
)

// What the published rules make of these texts.
func TestCanon(t *testing.T) {
	for _, c := range [][2]string{
		{"Hai nghìn không trăm linh sáu.", "hai nghìn linh sáu"},
		{"hai ngàn không trăm lẻ sáu", "hai nghìn linh sáu"},
		{"một triệu không trăm không trăm nghìn", "một triệu không trăm nghìn"},
		{"hai mươi tư, ba tư", "hai mươi bốn ba tư"},
		{"bảy giờ ba mươi phút - tám giờ không phút", "bảy giờ ba mươi tám giờ"},
		{"bảy giờ không năm", "bảy giờ năm"},
		{"bảy giờ không năm phút không giây", "bảy giờ năm"},
		{"Ngày hai tháng chín", "hai tháng chín"},
		{"Ngày mai", "ngày mai"},
		{"hoà, quý, thuỷ, goá, hoàn", "hòa quý thủy goá hoàn"},
		{"<en>Smart TV</en> ba xen-ti-mét", "smart tv ba xăng ti mét"},
		{"ba mươi tám độ C", "ba mươi tám độ xê"},
		{"a\u0301 x\u0301y", "á x y"},
		{"", ""},
	} {
		if got := casetest.Canon(c[0]); got != c[1] {
			t.Errorf("Canon(%q) = %q, want %q", c[0], got, c[1])
		}
	}
}

func TestScore(t *testing.T) {
	cases, err := casetest.Read(strings.NewReader("class\tinput\texpected\tnote\n"+
		"tn.b\t1\tmột\t\n# remark\n\ntn.a x\t2\thai\tAGREED\ntn.a\t3\tba\t\nsea\t4\tbốn\t\ntn.a\t5\tnăm\tCONFLICT:lăm\n"), "t.tsv")
	if err != nil {
		t.Fatal(err)
	}
	results := casetest.Score(cases, func(s string) string {
		return map[string]string{"1": "Một.", "2": "hai", "3": "bốn", "4": "bốn", "5": "tư"}[s]
	})
	var got []string
	for _, r := range append(results, casetest.Families(results)...) {
		got = append(got, r.Class+" "+string(rune('0'+r.Right))+"/"+string(rune('0'+r.All)))
		for _, w := range r.Wrong {
			got = append(got, w.Place+" "+w.Got)
		}
	}
	want := "sea 1/1, tn.a 1/2, t.tsv:6 bốn, tn.b 1/1, sea 1/1, tn 2/3, t.tsv:6 bốn"
	if strings.Join(got, ", ") != want {
		t.Errorf("scored %s, want %s", strings.Join(got, ", "), want)
	}
	if p := results[1].Percent(); p != 50 {
		t.Errorf("one of two is %v %%", p)
	}
}

func TestReadRefusesWhatIsNoTable(t *testing.T) {
	for _, table := range []string{"class\tinput\nx\ty\n", "input\texpected\nx\n", "input\texpected\n\ty\n"} {
		if cases, err := casetest.Read(strings.NewReader(table), "t.tsv"); err == nil {
			t.Errorf("%q is read as %v", table, cases)
		}
	}
	if _, err := casetest.ReadDir(t.TempDir()); err == nil {
		t.Error("an empty folder is measured")
	}
}
