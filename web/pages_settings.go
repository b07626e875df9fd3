package web

import (
	"slices"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// settingsGroup is one group of ways on the page of everything else, named after who
// needs it. A group of which the visitor may see nothing is not shown.
type settingsGroup struct {
	Code string // of its name: settings.<code>
	Ways []settingsWay
}

// settingsWay is one page that is reached from there. What it is called stands under
// settings.<code>, what it is for under settings.<code>-sub.
type settingsWay struct {
	Code, Path, Icon string
	Need             people.Action
	When             func(p *panel, v *visit) bool // nil: always
}

// settingsGroups is every page that has no place of its own in the bar. A page that is
// added to the panel is added here.
func settingsGroups() []settingsGroup {
	return []settingsGroup{
		{"notices", []settingsWay{
			{"approvals", "/approvals", "dau", people.Write, approving},
			{"recordings", "/recordings", "mic", people.View, nil},
			{"templates", "/templates", "mau", people.View, nil},
			{"readings", "/readings", "so", people.Write, nil},
			{"coverage", "/coverage", "loa", people.View, nil},
			{"words", "/words", "chu", people.View, nil},
			{"report", "/report", "in", people.View, nil},
			{"history", "/history", "lai", people.Write, nil},
		}},
		{"village", []settingsWay{
			{"slots", "/slots", "lich", people.Arrange, nil},
			{"rules", "/rules", "gio", people.Arrange, nil},
			{"exceptions", "/exceptions", "nhac", people.Plan, nil},
			{"approval-rules", "/approvals/rules", "dau", people.Arrange, nil},
			{"naming", "/village", "nha", people.Arrange, nil},
			{"languages", "/languages", "chu", people.Arrange, nil},
			{"voices", "/voices", "loa", people.Plan, nil},
			{"relays", "/relays", "song", people.Arrange, nil},
			{"drills", "/drills", "coi", people.View, nil},
			{"publicity", "/publicity", "nha", people.Arrange, nil},
			{"calendars", "/calendars", "lich", people.View, nil},
		}},
		{"people", []settingsWay{
			{"account", "/account", "khoa", people.View, nil},
			{"people-list", "/people", "them", people.Administer, nil},
			{"audit", "/audit", "so", people.Administer, nil},
			{"tokens", "/tokens", "may", people.Administer, nil},
		}},
		{"machine", []settingsWay{
			{"monitor", "/monitor", "loa", people.Arrange, monitoring},
			{"sound", "/sound", "loa", people.Arrange, turning},
			{"button", "/button", "coi", people.Alarm, turning},
			{"microphone", "/microphone", "mic", people.View, nil},
			{"stations", "/stations", "song", people.Administer, nil},
			{"start", "/start", "tiep", people.Arrange, nil},
			{"health", "/health", "yte", people.View, nil},
			{"retention", "/retention", "lo", people.Arrange, nil},
			{"backups", "/backups", "ve", people.Administer, func(p *panel, _ *visit) bool { return p.s.cfg.Upkeep != nil }},
			{"bundles", "/bundles", "gui", people.Administer, func(p *panel, _ *visit) bool { return p.s.cfg.Courier != nil }},
			{"about", "/about", "amli", people.View, nil},
		}},
	}
}

// approving says whether the village asks for approval at all.
func approving(_ *panel, v *visit) bool { return v.village.Approvals.On() }

// monitoring says whether this board could listen to its loudspeakers.
func monitoring(p *panel, _ *visit) bool { return p.s.cfg.MonitorBook != nil }

// turning says whether this board has anything that is pressed or turned.
func turning(p *panel, _ *visit) bool { return p.s.cfg.Knobs != nil }

// settingsLink is a way as the page shows it.
type settingsLink struct{ Path, Icon, Name, Sub string }

// settingsLinks is a group with what the visitor may see of it.
type settingsLinks struct {
	ID, Name string
	Ways     []settingsLink
}

func (p *panel) registerSettings(r *gin.Engine) {
	r.GET("/settings", p.allow(people.View, p.settings))
	r.GET("/about", p.allow(people.View, p.about))
}

// settings leads to everything that is not needed every day, without what the visitor
// may not open.
func (p *panel) settings(v *visit) {
	var groups []settingsLinks
	for _, g := range settingsGroups() {
		w := settingsLinks{ID: g.Code, Name: v.word("settings." + g.Code)}
		for _, way := range g.Ways {
			if v.may(way.Need) && (way.When == nil || way.When(p, v)) {
				w.Ways = append(w.Ways, settingsLink{way.Path, way.Icon, v.word("settings." + way.Code), p.settingsSub(v, way)})
			}
		}
		if len(w.Ways) > 0 {
			groups = append(groups, w)
		}
	}
	p.show(v, "settings", view{Title: v.word("settings.title"), Tab: "more", Data: groups})
}

// settingsSub is the line under a way: what it is for, or how it stands there.
func (p *panel) settingsSub(v *visit, way settingsWay) string {
	if r := p.s.health(); way.Code == "health" && len(r.Findings) > 0 {
		return v.healthState(r.Level()).Text + ". " + v.healthSummary(r)
	}
	return v.word("settings." + way.Code + "-sub")
}

// aboutView is what a technician asks for by telephone.
type aboutView struct {
	Version, Village string
	Health           []stateView
}

func (p *panel) about(v *visit) {
	air := p.s.cfg.Air.Air()
	p.show(v, "about", view{Title: v.word("settings.about"), Tab: "more", Data: aboutView{
		Version: p.s.cfg.Version, Village: v.village.Key,
		Health: slices.Concat(v.health(air), v.zoneStates(air.Amp), p.monitorHealth(v), p.voiceHealth(v), p.dataHealth(v)),
	}})
}
