package vi

import "strings"

// english says whether w, in any case, can be an English word: beginnings, vowels
// and ends that English has, in turn. It decides whether capitals are a word,
// SELECT and FROM, or initials, PCCC and ĐBKK, and says nothing about what the word
// means.
func english(w string) bool {
	w = strings.ToLower(w)
	if len(w) > 20 || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") != "" {
		return false
	}
	vowels := 0
	for first := true; w != ""; first = false {
		cut := strings.IndexAny(w, "aeiouy")
		if w[0] == 'y' && len(w) > 1 && strings.ContainsRune("aeiou", rune(w[1])) {
			w = w[1:] // yes, year
			continue
		}
		if cut < 0 {
			return vowels > 0 && englishEnd(w)
		}
		between := w[:cut]
		if first && !englishBeginning(between) || !first && !englishBetween(between) {
			return false
		}
		w = w[cut:]
		run := len(w) - len(strings.TrimLeft(w, "aeiouy"))
		if run > 3 {
			return false
		}
		w = w[run:]
		vowels++
	}
	return vowels > 0
}

// englishBeginning says whether c may begin an English word.
func englishBeginning(c string) bool {
	switch c {
	case "bl", "br", "ch", "chr", "cl", "cr", "dr", "dw", "fl", "fr", "gh", "gl", "gn", "gr", "kn", "ph", "pl", "pr", "qu", "rh", "sc", "sch", "scr", "sh", "shr",
		"sk", "sl", "sm", "sn", "sp", "sph", "spl", "spr", "sq", "st", "str", "sw", "th", "thr", "tr", "tw", "wh", "wr":
		return true
	}
	return len(c) < 2
}

// englishEnd says whether c may end an English word.
func englishEnd(c string) bool {
	switch c {
	case "ck", "cks", "ct", "cts", "ds", "fs", "ft", "gh", "ght", "ghts", "ks", "lb", "ld", "lds", "lf", "lk", "ll", "lls", "lm", "ln", "lp", "lt", "ls", "lth", "mb",
		"mn", "mp", "mps", "ms", "mpt", "nce", "nch", "nd", "nds", "ng", "ngs", "nk", "nks", "ns", "nt", "nts", "nth", "ngth", "ph", "phs", "ps", "pt", "pts", "rb", "rc", "rd", "rds",
		"rf", "rg", "rk", "rks", "rl", "rls", "rm", "rms", "rn", "rns", "rp", "rs", "rst", "rt", "rts", "rth", "sh", "sk", "sks", "sm", "sp", "ss", "st", "sts", "tch", "th", "ths",
		"ts", "tt", "wl", "wn", "wns", "ws", "xt", "xts", "ff", "dd", "gg", "zz", "ch", "bs", "gs", "cs":
		return true
	}
	return len(c) < 2
}

// englishBetween says whether c may stand between vowels: an end, a beginning, or
// one behind the other.
func englishBetween(c string) bool {
	if len(c) > 5 {
		return false
	}
	for i := range len(c) + 1 {
		if englishEnd(c[:i]) && englishBeginning(c[i:]) {
			return true
		}
	}
	return false
}
