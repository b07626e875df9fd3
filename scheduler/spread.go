package scheduler

// spread orders notices of which some come more than once so that none is heard
// twice in a row while another waits, and those of one announcement lie as far apart as
// may be. Before them, before was heard. The order of what comes once is kept, and
// so is that of equals. It costs len(notices) times the number of announcements.
func spread(notices []*promise, before string) []*promise {
	of := map[string][]*promise{}
	var names []string
	once := 0
	for _, p := range notices {
		if len(of[p.occ.Announcement]) == 0 {
			names = append(names, p.occ.Announcement)
		}
		of[p.occ.Announcement] = append(of[p.occ.Announcement], p)
	}
	places := make(map[string]place, len(names))
	for _, name := range names {
		if n := len(of[name]); n > 1 {
			places[name] = place{0.5 / float64(n), 1 / float64(n)}
			continue
		}
		places[name] = place{float64(once), 0} // counted, and scaled below
		once++
	}
	for _, name := range names {
		if len(of[name]) == 1 {
			places[name] = place{(places[name].at + 0.5) / float64(once), 0}
		}
	}
	var out []*promise
	for len(out) < len(notices) {
		name := nextOf(names, of, places, before, len(notices)-len(out))
		out = append(out, of[name][0])
		of[name] = of[name][1:]
		places[name] = place{places[name].at + places[name].step, places[name].step}
		before = name
	}
	return out
}

// place is where the next notice of an announcement should lie in its slot, of which 0 is
// the beginning and 1 the end, and how far apart they should be.
type place struct{ at, step float64 }

// nextOf is the announcement whose turn it is when left notices are left: the one that
// must begin now lest it is heard twice in a row later, else that which should lie first.
func nextOf(names []string, of map[string][]*promise, places map[string]place, before string, left int) string {
	best := ""
	for _, name := range names {
		n := len(of[name])
		switch {
		case n == 0 || name == before:
		case 2*n > left: // more than all the others together
			return name
		case best == "" || places[name].at < places[best].at:
			best = name
		}
	}
	if best == "" {
		return before
	}
	return best
}
