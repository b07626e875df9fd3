package web

import "strings"

// diffPart is a stretch of two texts that is in both, only in the old, or only
// in the new one.
type diffPart struct {
	Text string
	Gone bool
	New  bool
}

// diffCells bounds the table of textDiff, in cells of four bytes: texts that
// differ by more are shown one after the other.
const diffCells = 1 << 20

// textDiff tells two texts apart word by word: what they have in common at their
// ends, and between them the longest common run of words.
func textDiff(old, current string) []diffPart {
	a, b := strings.Fields(old), strings.Fields(current)
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var parts []diffPart
	parts = grow(parts, diffPart{Text: strings.Join(a[:head], " ")})
	parts = between(parts, a[head:len(a)-tail], b[head:len(b)-tail])
	return grow(parts, diffPart{Text: strings.Join(a[len(a)-tail:], " ")})
}

// between tells the middles of two texts apart.
func between(parts []diffPart, a, b []string) []diffPart {
	if len(a)*len(b) > diffCells {
		parts = grow(parts, diffPart{Text: strings.Join(a, " "), Gone: true})
		return grow(parts, diffPart{Text: strings.Join(b, " "), New: true})
	}
	common := longestCommon(a, b)
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			parts = grow(parts, diffPart{Text: a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			parts = grow(parts, diffPart{Text: a[i], Gone: true})
			i++
		default:
			parts = grow(parts, diffPart{Text: b[j], New: true})
			j++
		}
	}
	return parts
}

// longestCommon is, for each pair of beginnings, how many words a from i and b
// from j have in common in their order.
func longestCommon(a, b []string) [][]int32 {
	table := make([][]int32, len(a)+1)
	for i := range table {
		table[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

// grow adds a stretch, to the last one when that is of the same kind.
func grow(parts []diffPart, p diffPart) []diffPart {
	if p.Text == "" {
		return parts
	}
	if n := len(parts); n > 0 && parts[n-1].Gone == p.Gone && parts[n-1].New == p.New {
		parts[n-1].Text += " " + p.Text
		return parts
	}
	return append(parts, p)
}
