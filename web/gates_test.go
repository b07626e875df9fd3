package web_test

import (
	"strings"

	"loalang/people"
)

// gate is one route and who may pass it.
type gate struct {
	route string        // method and pattern, as Doors lists it
	right people.Action // that it asks for; empty: everybody may pass
	path  string        // asked for in the test; empty: what concrete makes of the pattern
	body  string        // that is sent
	// persons says that no program is let in, whatever its role.
	persons bool
	// own says that it is about whoever knocks, wherever they are from.
	own bool
}

// everybody is the right of gates that ask nobody who they are.
const everybody = people.Action("")

// pageGates are all pages and forms; TestEveryRouteHasAGate holds the list against the
// routes, and apiGates beside it.
func pageGates() []gate {
	return append(openGates(), append(lookingGates(), doingGates()...)...)
}

// openGates ask nobody who they are. What they have of ids and secrets in the address is
// guessed by nobody: TestNothingPublicIsGuessed.
func openGates() []gate {
	return []gate{
		{route: "GET /healthz"},
		{route: "GET /readyz"},
		{route: "GET /robots.txt"},
		{route: "GET /sw.js"},
		{route: "GET /static/:name", path: "/static/icons.svg"},
		{route: "GET /bang-tin"},
		{route: "GET /bang-tin/now"},
		{route: "GET /bang-tin/ngay/:day", path: "/bang-tin/ngay/2026-11-23"},
		{route: "GET /bang-tin/tin/:id", path: "/bang-tin/tin/aaaaaaaaaaaaaaaaaaaaaaaaaa"},
		{route: "GET /bang-tin/rss/:file", path: "/bang-tin/rss/vi.xml"},
		{route: "GET /bang-tin/to-dan"},
		{route: "GET /microphone/loa.crt"},
		{route: "GET /help"},
		{route: "GET /help/:area", path: "/help/daily"},
		{route: "GET /hours"}, // leads to /rules, which asks
		{route: "GET /sign-in"},
		{route: "POST /sign-out"},
		{route: "POST /language", body: "lang=vi"},
		{route: "GET /setup"},
		{route: "POST /setup", body: "t=x"},
		{route: "GET /join"},
		{route: "POST /join", body: "t=x"},
		{route: "POST /sign-in"},
		{route: "POST /sign-in/passkey", body: "{}"},
		{route: "POST /sign-in/passkey/challenge"},
	}
}

// lookingGates are the pages that one looks at.
func lookingGates() []gate {
	return []gate{
		{route: "GET /", right: people.View},
		{route: "GET /about", right: people.View},
		{route: "GET /account", right: people.View},
		{route: "GET /account/news", right: people.View, persons: true},
		{route: "GET /account/passkeys", right: people.View, persons: true},
		{route: "GET /again", right: people.Plan},
		{route: "GET /announcements", right: people.View},
		{route: "GET /announcements/new", right: people.Write},
		{route: "GET /announcements/:id", right: people.View},
		{route: "GET /announcements/:id/why", right: people.View},
		{route: "GET /announcements/:id/record/:language", right: people.Upload},
		{route: "GET /announcements/:id/schedules/:sid", right: people.Plan},
		{route: "GET /approvals", right: people.Write},
		{route: "GET /approvals/notice/:id", right: people.Write},
		{route: "GET /approvals/rules", right: people.Arrange},
		{route: "GET /asrun", right: people.View},
		{route: "GET /asrun.csv", right: people.View},
		{route: "GET /asrun/heard", right: people.View, path: "/asrun/heard?occurrence=o-none"},
		{route: "GET /audit", right: people.Administer},
		{route: "GET /calendars", right: people.View},
		{route: "GET /coverage", right: people.View},
		{route: "GET /drills", right: people.View},
		{route: "GET /drills/:id", right: people.Arrange},
		{route: "GET /emergency", right: people.Alarm},
		{route: "GET /exceptions", right: people.Plan},
		{route: "GET /history", right: people.Write},
		{route: "GET /invitations/new", right: people.Administer},
		{route: "GET /invitations/:id", right: people.Administer},
		{route: "GET /languages", right: people.Arrange},
		{route: "GET /live", right: people.Live},
		{route: "GET /microphone", right: people.View},
		{route: "GET /monitor", right: people.Arrange},
		{route: "GET /sound", right: people.Arrange},
		{route: "GET /button", right: people.Alarm},
		{route: "GET /people", right: people.Administer},
		{route: "GET /people/:id", right: people.Administer},
		{route: "GET /plan", right: people.View},
		{route: "GET /plan/move", right: people.Plan},
		{route: "GET /publicity", right: people.Arrange},
		{route: "GET /readings", right: people.View},
		{route: "GET /recordings", right: people.View},
		{route: "GET /recordings/:id", right: people.View},
		{route: "GET /recordings/:id/trim", right: people.Upload},
		{route: "GET /health", right: people.View},
		{route: "GET /retention", right: people.Arrange},
		{route: "GET /backups", right: people.Administer},
		{route: "GET /bundles", right: people.Administer},
		{route: "GET /relays", right: people.Arrange},
		{route: "GET /report", right: people.View},
		{route: "GET /report.csv", right: people.View},
		{route: "GET /rules", right: people.Arrange},
		{route: "GET /settings", right: people.View},
		{route: "GET /slots", right: people.Arrange},
		{route: "GET /slots/:id", right: people.Arrange},
		{route: "GET /stations", right: people.Administer},
		{route: "GET /templates", right: people.View},
		{route: "GET /templates/new", right: people.Write},
		{route: "GET /templates/:code", right: people.Write},
		{route: "GET /start", right: people.Arrange},
		{route: "GET /tokens", right: people.Administer},
		{route: "GET /uploads/:id", right: people.Upload},
		{route: "GET /village", right: people.Arrange},
		{route: "GET /voices", right: people.Plan},
		{route: "GET /words", right: people.View},
		{route: "GET /words.csv", right: people.View},
		{route: "GET /words/new", right: people.Write},
		{route: "GET /words/:id", right: people.Write},
	}
}

// doingGates are the forms.
func doingGates() []gate {
	return []gate{
		{route: "POST /account/news/:id/remove", right: people.View, persons: true},
		{route: "POST /account/news/:id/trial", right: people.View, persons: true},
		{route: "POST /account/passkeys/:id/remove", right: people.View, persons: true},
		{route: "POST /account/password", right: people.View, persons: true},
		{route: "POST /account/pin", right: people.View, persons: true},
		{route: "POST /account/sign-ins/:id/end", right: people.View, persons: true},
		{route: "POST /account/sign-ins/end", right: people.View, persons: true},
		{route: "POST /air/stop", right: people.Plan, body: "occurrence=occ-1"},
		{route: "POST /air/volume", right: people.Plan, body: "volume=-6"},
		{route: "POST /announcements/new", right: people.Write},
		{route: "POST /announcements/blanks", right: people.Write},
		{route: "POST /announcements/preview", right: people.Write},
		{route: "POST /announcements/rule", right: people.Plan},
		{route: "POST /announcements/:id/assign", right: people.Write, body: "language=pcc&reader=Mỷ"},
		{route: "POST /announcements/:id/bring-back", right: people.Write, body: "entry=7&foreseen=save"},
		{route: "POST /announcements/:id/edit", right: people.Write},
		{route: "POST /announcements/:id/expiry", right: people.Write},
		{route: "POST /announcements/:id/hold", right: people.Write},
		{route: "POST /announcements/:id/record/:language", right: people.Upload},
		{route: "POST /announcements/:id/schedules", right: people.Plan},
		{route: "POST /announcements/:id/schedules/:sid", right: people.Plan},
		{route: "POST /announcements/:id/schedules/:sid/days", right: people.Plan},
		{route: "POST /announcements/:id/schedules/:sid/remove", right: people.Plan, body: "foreseen=save"},
		{route: "POST /announcements/:id/schedules/:sid/rule", right: people.Plan},
		{route: "POST /announcements/:id/takes", right: people.Write},
		{route: "POST /announcements/:id/unassign", right: people.Write},
		{route: "POST /announcements/:id/voice", right: people.Write},
		{route: "POST /announcements/:id/waive", right: people.Write},
		{route: "POST /announcements/:id/ways", right: people.Write},
		{route: "POST /announcements/:id/withdraw", right: people.Write, body: "foreseen=save"},
		{route: "POST /approvals/notice/:id", right: people.Write, body: "act=submit"},
		{route: "POST /approvals/rules", right: people.Arrange},
		{route: "POST /calendars/feeds", right: people.Plan},
		{route: "POST /calendars/feeds/:id/revoke", right: people.Plan},
		{route: "POST /again", right: people.Plan, body: "notice=x&when=now"},
		{route: "POST /calendars/import", right: people.Plan},
		{route: "POST /calendars/preview", right: people.Plan},
		{route: "POST /clock", right: people.Plan, body: "date=2026-11-23&time=16:30"},
		{route: "POST /drills", right: people.Arrange},
		{route: "POST /drills/:id", right: people.Arrange},
		{route: "POST /drills/:id/delete", right: people.Arrange, body: "foreseen=save"},
		{route: "POST /drills/run", right: people.Arrange},
		{route: "POST /drills/stop", right: people.Plan},
		{route: "POST /emergency", right: people.Alarm, body: "do=raise&title=Lũ&reason=Nước+dâng&text=Có+lũ&language=vi"},
		{route: "POST /emergency/all-clear", right: people.Alarm, body: "text=Hết+báo+động"},
		{route: "POST /emergency/renew", right: people.Alarm},
		{route: "POST /emergency/stop", right: people.Alarm},
		{route: "POST /exceptions", right: people.Plan},
		{route: "POST /exceptions/:id/decide", right: people.Arrange, body: "revision=1&decision=approve&foreseen=save"},
		{route: "POST /exceptions/:id/withdraw", right: people.Arrange, body: "foreseen=save"}, // or whoever asked for it
		{route: "POST /invitations/new", right: people.Administer, body: "role=viewer&village=un-ta"},
		{route: "POST /invitations/:id/revoke", right: people.Administer},
		{route: "POST /languages", right: people.Arrange},
		{route: "POST /moved/seen", right: people.Write, body: "occurrence=x"},
		{route: "POST /people/:id", right: people.Administer, body: "revision=1&role=admin&village=un-ta"},
		{route: "POST /people/:id/do", right: people.Administer, body: "do=off"},
		{route: "POST /pin", right: people.Live},
		{route: "POST /plan/move", right: people.Plan},
		{route: "POST /publicity", right: people.Arrange},
		{route: "POST /recordings", right: people.Upload},
		{route: "POST /recordings/:id/delete", right: people.Plan},                  // or upload, of one's own
		{route: "POST /recordings/:id/rename", right: people.Plan, body: "title=x"}, // as above
		{route: "POST /recordings/:id/restore", right: people.Plan},                 // as above
		{route: "POST /recordings/:id/trim", right: people.Upload},
		{route: "POST /monitor/calibrate", right: people.Arrange},
		{route: "POST /sound", right: people.Arrange},
		{route: "POST /button", right: people.Alarm, body: "deed=siren&second=stop&life=15"},
		{route: "POST /retention", right: people.Arrange},
		{route: "POST /backups", right: people.Administer},
		{route: "POST /bundles/export", right: people.Administer},
		{route: "POST /bundles/look", right: people.Administer, body: "name=bundle-un-ta"},
		{route: "POST /bundles/take", right: people.Administer, body: "name=bundle-un-ta&seen=" + lookedDigest},
		{route: "POST /bundles/boards", right: people.Administer, body: "fingerprint=" + boardPrint},
		{route: "POST /bundles/boards/remove", right: people.Administer, body: "fingerprint=" + boardPrint},
		{route: "POST /retention/tidy", right: people.Arrange},
		{route: "POST /relays/:id", right: people.Arrange},
		{route: "POST /rules", right: people.Arrange},
		{route: "POST /slots/:id", right: people.Arrange},
		{route: "POST /slots/:id/remove", right: people.Arrange, body: "foreseen=save"},
		{route: "POST /stations", right: people.Administer},
		{route: "POST /stations/:id/remove", right: people.Administer, body: "foreseen=save"},
		{route: "POST /stations/:id/try", right: people.Administer},
		{route: "POST /templates/example", right: people.Write},
		{route: "POST /templates/new", right: people.Write},
		{route: "POST /templates/:code", right: people.Write},
		{route: "POST /templates/:code/remove", right: people.Write},
		{route: "POST /start", right: people.Arrange, body: "step=away"},
		{route: "POST /start/sound", right: people.Arrange},
		{route: "POST /tokens", right: people.Administer, body: "name=x&role=admin&days=30"},
		{route: "POST /tokens/:id/revoke", right: people.Administer},
		{route: "POST /undo", right: people.Write, body: "entry=7"},
		{route: "POST /village", right: people.Arrange},
		{route: "POST /voices/:language", right: people.Plan},
		{route: "POST /voices/:language/try", right: people.Plan},
		{route: "POST /words/import", right: people.Write},
		{route: "POST /words/new", right: people.Write},
		{route: "POST /words/:id", right: people.Write},
		{route: "POST /words/:id/remove", right: people.Write},
	}
}

// concrete fills a pattern with what is in the house.
func concrete(pattern string) string {
	ids := map[string]string{
		"announcements": noticeID, "approvals": noticeID, "drills": drillID, "exceptions": exceptionID, "invitations": invitedID, "people": personID, "recordings": soundID,
		"slots": slotID, "relays": slotID, "stations": stationID, "words": wordID, "tokens": keyID, "takes": soundID, "uploads": soundID, "account": keyID, "calendars": keyID,
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(pattern, "/"), "/")
	return strings.NewReplacer(":id", ids[first], ":sid", scheduleID, ":language", "vi", ":code", "cat-nuoc").Replace(pattern)
}

// fits says whether a path is of a pattern.
func fits(pattern, path string) bool {
	of, is := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(of) != len(is) {
		return false
	}
	for i := range of {
		if of[i] != is[i] && !strings.HasPrefix(of[i], ":") {
			return false
		}
	}
	return true
}

// apiGates are the doors of the API as gates; apart are those that the list of doors
// leaves out.
func apiGates(routes []string) (gates []gate) {
	gates = []gate{
		{route: "GET /api/v1/public/board"},
		{route: "GET /api/v1/public/board/:date", path: "/api/v1/public/board/2026-11-23"},
		{route: "GET /api/v1/air/events", right: people.View},
		{route: "GET /api/v1/live", right: people.Live},
		{route: "OPTIONS /api/v1/uploads", right: people.Upload},
		{route: "OPTIONS /api/v1/uploads/:id", right: people.Upload, path: "/api/v1/uploads/" + soundID}, // as tus has it
		{route: "POST /api/v1/uploads/:id", right: people.Upload, path: "/api/v1/uploads/" + soundID},    // for those whose line knows no PATCH
	}
	for _, format := range []string{".json", ".yaml", "-3.0.json", "-3.0.yaml"} {
		gates = append(gates, gate{route: "GET /api/v1/openapi" + format})
	}
	for _, d := range doors() {
		g := gate{right: d.right, path: d.path, body: d.body, persons: peopleOnly(d), own: strings.HasPrefix(d.path, "/api/v1/account/")}
		for _, r := range routes { // a route without parameters fits better
			method, pattern, _ := strings.Cut(r, " ")
			if method == d.method && fits(pattern, d.path) && (g.route == "" || !strings.Contains(pattern, ":")) {
				g.route = r
			}
		}
		gates = append(gates, g)
	}
	return gates
}

// place is the path that the test asks for.
func (g gate) place() string {
	if g.path != "" {
		return g.path
	}
	_, pattern, _ := strings.Cut(g.route, " ")
	return concrete(pattern)
}

func (g gate) method() string {
	method, _, _ := strings.Cut(g.route, " ")
	return method
}

func (g gate) api() bool { return strings.Contains(g.route, " /api/") }
