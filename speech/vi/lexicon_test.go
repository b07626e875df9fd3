package vi_test

import (
	"errors"
	"strings"
	"testing"

	"loalang/speech/vi"
)

// lexicon makes one of pairs "written=spoken".
func lexicon(pairs ...string) *vi.Lexicon {
	var entries []vi.Entry
	for _, p := range pairs {
		written, spoken, _ := strings.Cut(p, "=")
		entries = append(entries, vi.Entry{Written: written, Spoken: spoken})
	}
	return vi.NewLexicon(entries)
}

func TestLexiconIsReadFirst(t *testing.T) {
	for name, c := range map[string]struct {
		words      []string
		text, want string
	}{
		"OK":                       {[]string{"TDP=tổ dân phố"}, "các TDP họp", "các tổ dân phố họp"},
		"begins a sentence":        {[]string{"TDP=tổ dân phố"}, "TDP 5 họp. TDP 6 nghỉ.", "Tổ dân phố năm họp. Tổ dân phố sáu nghỉ."},
		"a number behind":          {[]string{"TDP=tổ dân phố"}, "ở TDP5", "ở tổ dân phố năm"},
		"several words":            {[]string{"Ún Tà=Ủn Tà"}, "bản Ún  Tà họp", "bản Ủn Tà họp"},
		"not over a line":          {[]string{"Ún Tà=Ủn Tà"}, "Ún\nTà", "Ún\nTà"},
		"longest":                  {[]string{"Cốc=cái cốc", "Cốc San=xã Cốc San", "San=sàn"}, "từ Cốc San đến Cốc", "từ xã Cốc San đến cái cốc"},
		"points":                   {[]string{"T.D.P=tổ dân phố"}, "ở T.D.P 5, T. D. P. 6", "ở tổ dân phố năm, tổ dân phố. sáu"},
		"letters and digits":       {[]string{"QL4D=quốc lộ bốn đê"}, "trên QL4D và QL 4D", "trên quốc lộ bốn đê và quốc lộ bốn đê"},
		"whole tokens":             {[]string{"QL4=quốc lộ bốn", "TD=tự do"}, "TDX và QL4D", "Tê dê ích và quốc lộ bốn dê"},
		"no part of a number":      {[]string{"113=một một ba"}, "113.000 và 2.113, 113 nhé", "một trăm mười ba nghìn và hai nghìn một trăm mười ba, một một ba nhé"},
		"read in addresses":        {[]string{"cocsan=Cốc San"}, "cocsan@cocsan.vn, cocsan.vn", "Cốc San a còng Cốc San chấm vê nờ, Cốc San chấm vê nờ"},
		"capitals count":           {[]string{"La=là", "la=lá"}, "ở La và la", "ở là và lá"},
		"first letter":             {[]string{"bản ta=bản Ún Tà"}, "Bản ta họp, đến Bản ta.", "Bản Ún Tà họp, đến Bản ta."},
		"later wins":               {[]string{"TDP=một", "TDP=hai"}, "ở TDP", "ở hai"},
		"decomposed":               {[]string{"U\u0301n Ta\u0300=Ủn Ta\u0300"}, "ở Ún Tà", "ở Ủn Tà"},
		"other tone style":         {[]string{"Hoà Thuý=chị Hoà"}, "gọi Hòa Thúy", "gọi chị Hòa"},
		"itself":                   {[]string{"OCOP=OCOP", "XKZ=XKZ"}, "hàng XKZ", "hàng XKZ"},
		"has itself":               {[]string{"Ún Tà=bản Ún Tà"}, "đến Ún Tà, Bản Ún Tà", "đến bản Ún Tà, Bản Ún Tà"},
		"each other":               {[]string{"AXB=BXA", "BXA=AXB"}, "AXB và BXA", "AXB và BXA"},
		"only capitals":            {[]string{"tdp=TDP"}, "ở tdp", "ở TDP"},
		"what is spoken is spoken": {[]string{"TDP=tổ dân phố", "phố=đường phố"}, "ở TDP và phố", "ở tổ dân phố và đường phố"},
		"before dates":             {[]string{"24/7=suốt tuần"}, "trực 24/7 nhé", "trực suốt tuần nhé"},
		"signs in what is spoken":  {[]string{"HM=H'Mông - Dao", "CV=cô-vít, mười."}, "người HM và CV", "người H Mông, Dao và cô vít, mười"},
		"what was read":            {[]string{"ủy ban nhân dân xã=ủy ban xã"}, "ở UBND xã", "ở ủy ban xã"},
	} {
		t.Run(name, func(t *testing.T) {
			words := lexicon(c.words...)
			got := vi.Normalize(c.text, words)
			if got.Text != c.want {
				t.Errorf("read %q, want %q", got.Text, c.want)
			}
			soundWith(t, c.text, got, words)
		})
	}
}

// Words that push each other on for ever are left out, and the reading ends.
func TestLexiconThatNeverComesToRest(t *testing.T) {
	words := lexicon("aa bb=bb aa aa", "aa cc=cc aa aa aa aa aa aa")
	for _, text := range []string{strings.Repeat("aa ", 200) + "bb", strings.Repeat("aa ", 5000) + "bb cc", "aa aa bb"} {
		got := vi.Normalize(text, words)
		soundWith(t, text, got, words)
		if len(got.Text) > 10*len(text) {
			t.Errorf("%d bytes are read as %d", len(text), len(got.Text))
		}
	}
}

func TestEntryCheck(t *testing.T) {
	for name, c := range map[string]struct {
		written, spoken string
		want            error
	}{
		"OK":              {"TDP", "tổ dân phố", nil},
		"digits written":  {"4D", "bốn đê", nil},
		"hyphen":          {"Covid", "cô-vít", nil},
		"nothing written": {" .- ", "a", vi.ErrNothingWritten},
		"nothing spoken":  {"a", " ,. ", vi.ErrNothingSpoken},
		"empty":           {"a", "", vi.ErrNothingSpoken},
		"digits":          {"QL4D", "quốc lộ 4D", vi.ErrUnspeakable},
		"phonemes":        {"x", "[[x]]", vi.ErrUnspeakable},
		"lines":           {"x", "a\nb", vi.ErrUnspeakable},
		"long written":    {strings.Repeat("a", vi.MaxWritten+1), "a", vi.ErrLong},
		"long spoken":     {"a", strings.Repeat("à", vi.MaxSpoken+1), vi.ErrLong},
	} {
		t.Run(name, func(t *testing.T) {
			if err := (vi.Entry{Written: c.written, Spoken: c.spoken}).Check(); !errors.Is(err, c.want) {
				t.Errorf("%q spoken %q: %v, want %v", c.written, c.spoken, err, c.want)
			}
		})
	}
	if got := vi.Normalize("x", lexicon("x=1")).Text; got != "ích" && got != "Ích" && got != "x" {
		t.Errorf("an entry that no voice can say is read %q", got)
	}
}

// Looking a token up costs no allocation, however many entries there are.
func TestLexiconLooksUpWithoutAllocating(t *testing.T) {
	var pairs []string
	for i := range 5000 {
		pairs = append(pairs, "thôn "+strings.Repeat("ơ", 1+i%30)+" "+strings.Repeat("a", 1+i/30)+"=bản xa")
	}
	look := vi.LookUp(lexicon(append(pairs, "UBND=ủy ban", "nhà văn hóa=nhà họp")...), adminText)
	if n := testing.AllocsPerRun(10, look); n > 0 {
		t.Errorf("looking up a page allocates %v times", n)
	}
}
