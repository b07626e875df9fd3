package vi

import "strings"

// readRange takes in what stands behind a dash after the numeric reading r: 4-6
// is "bốn đến sáu", thứ 2 - thứ 6 "hai đến thứ sáu". A score is no range, and
// three numbers in a row are a list.
func (ts tokens) readRange(i int, r reading) reading {
	between := " đến "
	if ts.after(i, "tỷ số", "tỉ số", "thắng", "thua", "hòa", "hoà") {
		between = " "
	}
	parts := []string{r.text}
	end := i + r.n
	for len(parts) < 8 && ts.dash(end) {
		next, prefix := end+1, ""
		if ts.at(next).kind == word && ts.at(i-1).kind == word && ts.lower(next) == ts.lower(i-1) {
			prefix = ts.lower(next) + " "
			next++
		}
		q, ok := ts.recognise(next)
		if !ok || !q.numeric {
			break
		}
		parts = append(parts, prefix+q.text)
		end = next + q.n
	}
	if len(parts) > 2 {
		between = ", "
	}
	r.text, r.n = strings.Join(parts, between), end-i
	return r
}
