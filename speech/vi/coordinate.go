package vi

import "strings"

// coordinate reads a place on the earth: 22°29'15"B, 103°58'Đ, 21.5°N.
func (ts tokens) coordinate(i int) (reading, bool) {
	if !ts.number(i) {
		return reading{}, false
	}
	degrees, n := ts.amount(i)
	j := i + n
	if !ts.stuck(j, "°") {
		return reading{}, false
	}
	said := []string{degrees, "độ"}
	j++
	for _, part := range [...]struct{ mark, name string }{{"'", "phút"}, {"\"", "giây"}} {
		if !ts.number(j) {
			break
		}
		v, n := ts.amount(j)
		if !ts.stuck(j+n, part.mark) {
			break
		}
		said, j = append(said, v, part.name), j+n+1
	}
	side := skySide(ts.at(j).text)
	if side == "" {
		if n := j - i; n <= 2 || !ts.is(j-1, "'") && !ts.is(j-1, "\"") {
			return reading{}, false
		}
		return reading{n: j - i, text: strings.Join(said, " ")}, true
	}
	if ts.is(i+1, ",") && len(said) == 2 { // as forecasts of storms say it: 15,8°N
		said = append(said, map[string]string{"bắc": "vĩ", "nam": "vĩ", "đông": "kinh", "tây": "kinh"}[side])
	}
	return reading{n: j + 1 - i, text: strings.Join(append(said, side), " "), numeric: true}, true
}

// skySide is the side of the sky by its letter, as maps have it: N is north.
func skySide(s string) string {
	switch s {
	case "N", "B":
		return "bắc"
	case "S":
		return "nam"
	case "E", "Đ":
		return "đông"
	case "W", "T":
		return "tây"
	}
	return ""
}
