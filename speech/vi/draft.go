package vi

import "cmp"

// draft is a text as one pass reads it, in pieces that lie one behind the other in
// both texts.
type draft struct {
	text    string
	pieces  []piece
	unknown []string
}

// reading makes a draft of what was cleaned the reading of the text as it was
// given.
func (d draft) reading(given string, t trail) Reading {
	r := Reading{Text: d.text, Unknown: d.unknown}
	for _, p := range d.pieces {
		if p.changed {
			from, to := t.start(p.from), t.end(p.to)
			r.Changes = append(r.Changes, Change{
				Written: given[from:to], Read: d.text[p.at:p.end], At: p.at, From: from, To: to, Doubt: p.doubt,
			})
		}
	}
	return r
}

// join puts two passes together, of which the later read what the earlier made:
// pieces that have something in common in the text between become one.
func join(early, late draft) draft {
	d := draft{text: late.text, unknown: append(early.unknown, late.unknown...), pieces: make([]piece, 0, len(late.pieces))}
	e := early.pieces
	for l := late.pieces; len(l) > 0; {
		p, to := l[0], l[0].to
		for len(e) > 0 && e[0].end <= p.from {
			e = e[1:]
		}
		if len(e) == 0 {
			break // nothing is read that was not there before
		}
		p.from = e[0].from
		for l = l[1:]; ; {
			for ; len(e) > 0 && e[0].at < to; e = e[1:] {
				p.take(e[0])
				p.to, to = e[0].to, max(to, e[0].end)
			}
			if len(l) == 0 || l[0].from >= to {
				break
			}
			p.take(l[0])
			p.end, to = l[0].end, max(to, l[0].to)
			l = l[1:]
		}
		d.pieces = append(d.pieces, p)
	}
	return d
}

// take lets p be what q is too.
func (p *piece) take(q piece) {
	p.changed = p.changed || q.changed
	p.doubt = cmp.Or(p.doubt, q.doubt)
}
