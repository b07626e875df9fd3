package vi

import (
	"strings"
	"unicode/utf8"
)

// unitName names a unit of measure; "" for others. Case counts where it must: MB
// and mb are one, m and M are not. The names are those of the Vietnamese law on
// units (Decree 86/2012/NĐ-CP) as they are spoken, "ki lô gam", not "kilôgam".
func unitName(s string) string {
	if len(s) > 6 {
		return ""
	}
	if name := exactUnit(s); name != "" {
		return name
	}
	if len(s) < 2 {
		return ""
	}
	if name := wordUnit(strings.ToLower(s)); name != "" {
		return name
	}
	return prefixedUnit(s)
}

// exactUnit names the units whose case tells them from others.
func exactUnit(s string) string {
	switch s {
	case "m":
		return "mét"
	case "g", "gr", "gam":
		return "gam"
	case "l", "L":
		return "lít"
	case "h":
		return "giờ"
	case "p", "ph":
		return "phút"
	case "s":
		return "giây"
	case "V":
		return "vôn"
	case "W":
		return "oát"
	case "Ω":
		return "ôm"
	case "Pa":
		return "pát can"
	case "Hz", "hz", "HZ":
		return "hẹc"
	case "Wp":
		return "oát đỉnh"
	case "Wh":
		return "oát giờ"
	case "VA":
		return "vôn am pe"
	case "Ah":
		return "am pe giờ"
	case "dB", "db":
		return "đề xi ben"
	case "dBA":
		return "đề xi ben a"
	case "IU", "UI":
		return "đơn vị quốc tế"
	case "mw":
		return "mê ga oát"
	case "J":
		return "jun"
	case "CV":
		return "mã lực"
	}
	return ""
}

// wordUnit names units of two and more letters that take no prefix, or whose
// prefix is not to be taken apart, in small letters.
func wordUnit(s string) string {
	switch s {
	case "ha":
		return "héc ta"
	case "min":
		return "phút"
	case "cc":
		return "xê xê"
	case "cum":
		return "mét khối"
	case "atm":
		return "át mốt phe"
	case "bar":
		return "ba"
	case "psi":
		return "p s i"
	case "hp":
		return "mã lực"
	case "mm":
		return "mi li mét"
	case "ml":
		return "mi li lít"
	case "mg":
		return "mi li gam"
	case "ppm":
		return "phần triệu"
	case "ppb":
		return "phần tỷ"
	case "mmhg":
		return "mi li mét thủy ngân"
	case "mcg":
		return "mi crô gam"
	}
	return foreignUnit(s)
}

// foreignUnit names what is measured abroad, on screens and by instruments.
func foreignUnit(s string) string {
	switch s {
	case "rpm":
		return "vòng trên phút"
	case "bpm":
		return "nhịp trên phút"
	case "kmh", "kph":
		return "ki lô mét trên giờ"
	case "mph":
		return "dặm trên giờ"
	case "in", "inch":
		return "inch"
	case "ft":
		return "phít"
	case "lb", "lbs":
		return "pound"
	case "oz":
		return "ao xơ"
	case "fps":
		return "khung hình trên giây"
	case "gal":
		return "gallon"
	case "yd":
		return "yard"
	case "mi":
		return "dặm"
	case "mol":
		return "mol"
	case "lux", "lx":
		return "lúc"
	case "lm":
		return "lu men"
	case "px":
		return "pixel"
	case "cal":
		return "ca lo"
	}
	return ""
}

// prefixedUnit names a prefix and what it multiplies: ki lô mét, mi li am pe giờ.
func prefixedUnit(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	base, kinds := baseUnit(s[size:])
	if base == "" {
		return ""
	}
	prefix := ""
	for _, p := range [...]struct {
		letters, kinds, name string
	}{
		// Small m before hertz and bytes cannot be a thousandth.
		{"m", "bz", "mê ga "},
		{"m", "mglsveaow", "mi li "},
		{"M", "bzvwaeo", "mê ga "},
		{"k", "mgbzvweao", "ki lô "},
		{"K", "mgbzvwea", "ki lô "},
		{"c", "ml", "xăng ti "},
		{"C", "m", "xăng ti "},
		{"d", "mlg", "đề xi "},
		{"D", "m", "đề xi "},
		{"h", "mlp", "héc tô "},
		{"gG", "bzw", "gi ga "},
		{"t", "b", "tê ra "},
		{"T", "bzw", "tê ra "},
		{"µμu", "mglsvaeo", "mi crô "},
		{"n", "mgsavo", "na nô "},
		{"p", "gao", "pi cô "},
	} {
		if strings.ContainsRune(p.letters, first) && strings.ContainsAny(kinds, p.kinds) {
			prefix = p.name
			break
		}
	}
	if prefix == "" {
		return ""
	}
	return prefix + base
}

// baseUnit names what stands behind a prefix and says of which kinds it is, for
// not every prefix goes with every unit: b data, z hertz, m metre, g gram, l litre,
// s second, v volt, w watt, a ampere, p pascal, e energy, o others.
func baseUnit(s string) (name, kinds string) {
	switch s {
	case "m", "M":
		return "mét", "m"
	case "g", "G":
		return "gam", "g"
	case "l", "L":
		return "lít", "l"
	case "s":
		return "giây", "s"
	case "b", "B", "byte":
		return "bai", "b"
	case "bit", "bits":
		return "bít", "b"
	case "v", "V":
		return "vôn", "v"
	case "w", "W":
		return "oát", "w"
	case "A":
		return "am pe", "a"
	case "N":
		return "niu tơn", "o"
	case "J", "j":
		return "jun", "e"
	case "Pa":
		return "pát can", "pe"
	case "VA", "va":
		return "vôn am pe", "v"
	case "VAr", "var", "VAR":
		return "vôn am pe phản kháng", "v"
	case "Ah", "ah", "AH":
		return "am pe giờ", "a"
	case "Wp", "wp", "WP":
		return "oát đỉnh", "w"
	case "F":
		return "pha ra", "o"
	case "Ω":
		return "ôm", "o"
	case "Sv":
		return "xi vớt", "o"
	case "Bq":
		return "béc cơ ren", "v"
	case "mol":
		return "mol", "o"
	case "Eq", "eq":
		return "đương lượng", "o"
	}
	switch strings.ToLower(s) {
	case "hz":
		return "hẹc", "z"
	case "wh":
		return "oát giờ", "w"
	case "bps":
		return "bít trên giây", "b"
	case "cal":
		return "ca lo", "e"
	}
	return "", ""
}

// dataUnit is the international name of an amount of data whose symbol is written
// as the standard has it; gb in small letters is spoken as it is heard.
func dataUnit(s string) string {
	switch s {
	case "KB":
		return "kilobyte"
	case "MB":
		return "megabyte"
	case "GB":
		return "gigabyte"
	case "TB":
		return "terabyte"
	}
	return ""
}
