package web

import (
	"net/url"
	"strconv"
)

// pageRows is how many lines of a long list one page shows: with them it stays
// below 30 KB on the wire.
const pageRows = 100

// pagedView says which part of a long list a page shows, and where the rest is.
type pagedView struct {
	Said         string // "Lượt 1–100 trong 500"; empty: all are here
	Older, Newer string
	Whole        string // all of them, to be printed
}

// paged is which of n lines, in the order of time, the address asks for: [from,
// to). Page 1 is the newest of them, or the earliest when newest is false; the page
// "all" has every line.
func (v *visit) paged(path string, q url.Values, n int, newest bool) (from, to int, w pagedView) {
	asked := v.c.Query("page")
	if n <= pageRows || asked == "all" {
		return 0, n, w
	}
	pages := (n + pageRows - 1) / pageRows
	page, err := strconv.Atoi(asked)
	if err != nil || page < 1 {
		page = 1
	}
	page = min(page, pages)
	link := func(page string) string {
		to := url.Values{"page": {page}}
		for key, values := range q {
			to[key] = values
		}
		return path + "?" + to.Encode()
	}
	number := func(page int) string {
		if page < 1 || page > pages {
			return ""
		}
		return link(strconv.Itoa(page))
	}
	if newest {
		to = n - (page-1)*pageRows
		from = max(0, to-pageRows)
		w.Older, w.Newer = number(page+1), number(page-1)
	} else {
		from = (page - 1) * pageRows
		to = min(n, from+pageRows)
		w.Older, w.Newer = number(page-1), number(page+1)
	}
	w.Said, w.Whole = v.word("paged.said", from+1, to, n), link("all")
	return from, to, w
}

// dayRows is how many lines of each day the week shows when they are too many for
// one page.
const dayRows = 12

// shorten keeps the week within one page: of days that are too long together the
// first lines, and where the others are. A day that the address names is shown
// alone, in pages.
func (v *visit) shorten(days []planDay) (kept []planDay, alone bool) {
	total := 0
	for i := range days {
		if d := &days[i]; v.c.Query("day") == d.Date {
			from, to, paged := v.paged("/plan", url.Values{"day": {d.Date}}, len(d.Rows), false)
			d.Rows, d.Paged = d.Rows[from:to], paged
			return days[i : i+1], true
		}
		total += len(days[i].Rows)
	}
	if total <= pageRows {
		return days, false
	}
	for i := range days {
		if d := &days[i]; len(d.Rows) > dayRows {
			d.Rest = v.word("plan.day-rest", len(d.Rows)-dayRows)
			d.More = "/plan?day=" + d.Date
			d.Rows = d.Rows[:dayRows]
		}
	}
	return days, false
}

// aroundNow keeps of a day that is too long for the page of today the lines about
// now, and says how many others there are.
func (b dayBook) aroundNow(rows []dayRow) (kept []dayRow, rest string) {
	if len(rows) <= pageRows {
		return rows, ""
	}
	past := 0
	for _, it := range b.items() {
		if it.at.Before(b.now) {
			past++
		}
	}
	const shown, before = 40, 10
	from := min(max(past-before, 0), len(rows)-shown)
	return rows[from : from+shown], b.word("plan.day-rest", len(rows)-shown)
}
