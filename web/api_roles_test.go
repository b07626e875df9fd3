package web_test

import (
	"slices"
	"strings"
	"testing"

	"loalang/people"
)

// door is one route of the API and the right it asks for.
type door struct {
	method, path, body string
	right              people.Action
}

// doors are all of them; TestEveryDoorIsHere holds the list against the
// description.
func doors() []door {
	const a = "/api/v1/announcements/" + noticeID
	return []door{
		{"GET", "/api/v1/announcements", "", people.View},
		{"POST", "/api/v1/announcements", `{"title":"Họp","text":"Mời họp"}`, people.Write},
		{"GET", a, "", people.View},
		{"GET", a + "/why", "", people.View},
		{"GET", "/api/v1/plan/words", "", people.View},
		{"GET", "/api/v1/plan/explained", "", people.View},
		{"PATCH", a, `{"title":"Họp thôn"}`, people.Write},
		{"POST", a + "/bring-back", `{"entry":7}`, people.Write},
		{"GET", "/api/v1/air/volume", "", people.View},
		{"PUT", "/api/v1/air/volume", `{"volume":-6}`, people.Plan},
		{"POST", a + "/withdraw", "", people.Write},
		{"PUT", a + "/renditions/vi", `{}`, people.Write},
		{"PUT", a + "/renditions/vi/assignment", `{"reader":"Mỷ"}`, people.Write},
		{"DELETE", a + "/renditions/vi/assignment", "", people.Write},
		{"POST", a + "/renditions/vi/hold", "", people.Write},
		{"POST", a + "/approval", `{"act":"submit"}`, people.Write},
		{"GET", "/api/v1/approvals", "", people.View},
		{"GET", "/api/v1/villages/un-ta/approval-rules", "", people.View},
		{"PUT", "/api/v1/villages/un-ta/approval-rules", `{"recorder":{"normal":"anyone","priority":"anyone"},"cadre":{"normal":"none","priority":"none"},"officer":{"normal":"none","priority":"none"},"two_people":false,"later_takes":false,"review_hours":0,"days":0,"priority_days":0}`, people.Arrange},
		{"GET", "/api/v1/history", "", people.Write},
		{"POST", "/api/v1/history/7/undo", "", people.Write},
		{"GET", "/api/v1/coverage", "", people.View},
		{"GET", "/api/v1/assignments", "", people.View},
		{"POST", a + "/schedules", `{"kind":"now"}`, people.Plan},
		{"PATCH", a + "/schedules/" + scheduleID, `{"misfire":{"policy":"skip"}}`, people.Plan},
		{"POST", "/api/v1/plan/moves", `{"occurrence":"` + scheduleID + `:un-ta:2026-11-24T17:00:1","day":"2026-11-25","slot":"sang"}`, people.Plan},
		{"POST", a + "/schedules/" + scheduleID + "/exceptions", `{"do":"leave-out","day":"2026-12-01"}`, people.Plan},
		{"POST", "/api/v1/calendars/preview", `{"calendar":"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"}`, people.Plan},
		{"POST", "/api/v1/calendars/import", `{"calendar":"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"}`, people.Plan},
		{"GET", "/api/v1/calendars/feeds", "", people.View},
		{"POST", "/api/v1/calendars/feeds", `{"name":"Điện thoại của Hoa"}`, people.Plan},
		{"DELETE", "/api/v1/calendars/feeds/" + keyID, "", people.Plan},
		{"POST", "/api/v1/speech/choices/vi/try", `{"text":"chào bà con"}`, people.Plan},
		{"POST", "/api/v1/templates/try", `{"title":"Họp","text":"Mời bà con họp lúc [giờ: giờ họp]."}`, people.Write},
		{"POST", "/api/v1/rules", `{"rule":"FREQ=DAILY"}`, people.View},
		{"DELETE", a + "/schedules/" + scheduleID, "", people.Plan},
		{"GET", "/api/v1/recordings", "", people.View},
		{"POST", "/api/v1/recordings", "", people.Upload},
		{"GET", "/api/v1/recordings/" + soundID, "", people.View},
		{"GET", "/api/v1/recordings/" + soundID + "/audio", "", people.View},
		{"GET", "/api/v1/recordings/" + soundID + "/before", "", people.View},
		{"GET", "/api/v1/imports/" + soundID, "", people.Upload},
		{"POST", "/api/v1/uploads", "", people.Upload},
		{"GET", "/api/v1/uploads/" + soundID, "", people.Upload},
		{"HEAD", "/api/v1/uploads/" + soundID, "", people.Upload},
		{"PATCH", "/api/v1/uploads/" + soundID, "", people.Upload},
		{"DELETE", "/api/v1/uploads/" + soundID, "", people.Upload},
		{"DELETE", "/api/v1/recordings/" + soundID, "", people.Plan},                // or upload, of one's own
		{"POST", "/api/v1/recordings/" + soundID + "/restore", "", people.Plan},     // as above
		{"PATCH", "/api/v1/recordings/" + soundID, `{"title":"Khèn"}`, people.Plan}, // as above
		{"GET", "/api/v1/health", "", people.View},
		{"GET", "/api/v1/backups", "", people.Administer},
		{"POST", "/api/v1/backups", "", people.Administer},
		{"GET", "/api/v1/backups/" + keptBackup, "", people.Administer},
		{"GET", "/api/v1/bundles", "", people.Administer},
		{"GET", "/api/v1/bundles/file", "", people.Administer},
		{"POST", "/api/v1/bundles/export", "", people.Administer},
		{"POST", "/api/v1/bundles/look", `{"name":"bundle-un-ta"}`, people.Administer},
		{"POST", "/api/v1/bundles/take", `{"name":"bundle-un-ta","seen":"` + lookedDigest + `"}`, people.Administer},
		{"PUT", "/api/v1/bundles/boards/" + boardPrint, `{"name":"Máy xã"}`, people.Administer},
		{"DELETE", "/api/v1/bundles/boards/" + boardPrint, "", people.Administer},
		{"GET", "/api/v1/retention", "", people.Arrange},
		{"PUT", "/api/v1/retention", `{"preview_days":3,"take_days":60,"log_years":0}`, people.Arrange},
		{"POST", "/api/v1/retention/tidy", "", people.Arrange},
		{"GET", "/api/v1/recordings/search", "", people.View},
		{"GET", "/api/v1/recordings/" + soundID + "/uses", "", people.View},
		{"POST", "/api/v1/recordings/" + soundID + "/trim", `{"from":1}`, people.Upload},
		{"POST", "/api/v1/speech/preview", `{"language":"vi","text":"chào"}`, people.Write},
		{"GET", "/api/v1/speech/voices", "", people.View},
		{"GET", "/api/v1/villages", "", people.View},
		{"PATCH", "/api/v1/villages/un-ta", `{"allowed":[]}`, people.Arrange},
		{"GET", "/api/v1/slots", "", people.View},
		{"POST", "/api/v1/slots", `{"name":"Buổi trưa","start":"11:00","length":1800}`, people.Arrange},
		{"PUT", "/api/v1/slots/" + slotID, `{"name":"Buổi trưa","start":"11:00","length":1800}`, people.Arrange},
		{"DELETE", "/api/v1/slots/" + slotID, "", people.Arrange},
		{"GET", "/api/v1/moved", "", people.View},
		{"POST", "/api/v1/moved/x/seen", "", people.Write},
		{"PUT", "/api/v1/slots/" + slotID + "/relays", `{"relays":[]}`, people.Arrange},
		{"GET", "/api/v1/speech/choices", "", people.View},
		{"PUT", "/api/v1/speech/choices/vi", `{"rate":140}`, people.Plan},
		{"GET", "/api/v1/villages/un-ta/rules", "", people.View},
		{"PUT", "/api/v1/villages/un-ta/rules", `{"allowed":[{"from":"05:00","to":"22:00"}]}`, people.Arrange},
		{"GET", "/api/v1/rules-models", "", people.View},
		{"GET", "/api/v1/exceptions", "", people.View},
		{"POST", "/api/v1/exceptions", `{"from":"2026-11-24T15:00:00Z","to":"2026-11-24T16:00:00Z","rules":["hours"],"reason":"lễ hội của thôn"}`, people.Plan},
		{"POST", "/api/v1/exceptions/" + exceptionID + "/decision", `{"approve":true}`, people.Arrange},
		{"POST", "/api/v1/exceptions/" + exceptionID + "/withdrawal", "", people.Arrange}, // or whoever asked for it
		{"GET", "/api/v1/drills", "", people.View},
		{"POST", "/api/v1/drills", `{"silent":true,"at":"2026-11-24T15:00:00Z"}`, people.Arrange},
		{"PUT", "/api/v1/drills/" + drillID, `{"silent":true,"at":"2026-11-25T15:00:00Z"}`, people.Arrange},
		{"DELETE", "/api/v1/drills/" + drillID, "", people.Arrange},
		{"POST", "/api/v1/drills/run", `{"silent":true}`, people.Arrange},
		{"GET", "/api/v1/monitor", "", people.View},
		{"POST", "/api/v1/monitor/calibrations", "", people.Arrange},
		{"GET", "/api/v1/sound", "", people.View},
		{"PUT", "/api/v1/sound/mixer", `{"mixer":{"card":"Device","control":"Speaker","usual":-6}}`, people.Arrange},
		{"PUT", "/api/v1/sound/button", `{"deed":"siren"}`, people.Alarm},
		{"GET", "/api/v1/asrun/o-proved/heard", "", people.View},
		{"GET", "/api/v1/stations", "", people.View},
		{"POST", "/api/v1/stations", `{"name":"VOV1","url":"https://vov.example/"}`, people.Administer},
		{"PUT", "/api/v1/stations/" + stationID, `{"name":"VOV1","url":"https://vov.example/"}`, people.Administer},
		{"DELETE", "/api/v1/stations/" + stationID, "", people.Administer},
		{"POST", "/api/v1/stations/" + stationID + "/try", "", people.Administer},
		{"GET", "/api/v1/templates", "", people.View},
		{"POST", "/api/v1/templates", `{"name":"Mẫu","title":"Mời họp","text":"Mời bà con họp lúc [giờ: giờ họp]."}`, people.Write},
		{"GET", "/api/v1/templates/cat-nuoc", "", people.View},
		{"PUT", "/api/v1/templates/cat-nuoc", `{"name":"Họp","title":"Mời họp","text":"Mời bà con họp."}`, people.Write},
		{"DELETE", "/api/v1/templates/cat-nuoc", "", people.Write},
		{"POST", "/api/v1/templates/cat-nuoc/fill", `{"answers":{}}`, people.View},
		{"GET", "/api/v1/words", "", people.View},
		{"POST", "/api/v1/words", `{"written":"TDP","spoken":"tổ dân phố"}`, people.Write},
		{"POST", "/api/v1/words/try", `{"written":"TDP","spoken":"tổ dân phố"}`, people.Write},
		{"POST", "/api/v1/words/import", "KNT,khu nà tẩu", people.Write},
		{"GET", "/api/v1/words/export", "", people.View},
		{"GET", "/api/v1/words/" + wordID, "", people.View},
		{"PUT", "/api/v1/words/" + wordID, `{"written":"HTX","spoken":"hợp tác xã"}`, people.Write},
		{"DELETE", "/api/v1/words/" + wordID, "", people.Write},
		{"GET", "/api/v1/plan", "", people.View},
		{"GET", "/api/v1/asrun", "", people.View},
		{"GET", "/api/v1/report", "", people.View},
		{"GET", "/api/v1/report.csv", "", people.View},
		{"GET", "/api/v1/air", "", people.View},
		{"DELETE", "/api/v1/air", "", people.Plan},
		{"GET", "/api/v1/air/listen", "", people.View},
		{"POST", "/api/v1/emergency", `{"title":"Lũ","reason":"Nước dâng"}`, people.Alarm},
		{"POST", "/api/v1/emergency/all-clear", `{}`, people.Alarm},
		{"PATCH", "/api/v1/emergency/" + alarmID, `{"expires_in":60}`, people.Alarm},
		{"DELETE", "/api/v1/emergency", "", people.Alarm},
		{"GET", "/api/v1/accounts", "", people.Administer},
		{"POST", "/api/v1/accounts", `{"name":"Mỷ","role":"recorder","village":"un-ta","password":"con suối trước nhà"}`, people.Administer},
		{"PATCH", "/api/v1/accounts/" + personID, `{"role":"viewer"}`, people.Administer},
		{"GET", "/api/v1/invitations", "", people.Administer},
		{"POST", "/api/v1/invitations", `{"for":"Mỷ","role":"recorder","village":"un-ta"}`, people.Administer},
		{"DELETE", "/api/v1/invitations/" + invitedID, "", people.Administer},
		{"GET", "/api/v1/audit", "", people.Administer},
		{"GET", "/api/v1/tokens", "", people.Administer},
		{"POST", "/api/v1/tokens", `{"name":"trạm","role":"viewer","village":"un-ta"}`, people.Administer},
		{"DELETE", "/api/v1/tokens/" + keyID, "", people.Administer},
		{"POST", "/api/v1/account/pin/confirmation", `{"pin":"7351"}`, people.Live},
		{"PUT", "/api/v1/account/pin", `{"pin":"7351"}`, people.Live},
		{"PUT", "/api/v1/account/password", `{"before":"x","password":"con suối trước nhà"}`, people.View},
		{"GET", "/api/v1/account/sign-ins", "", people.View},
		{"DELETE", "/api/v1/account/sign-ins/" + keyID, "", people.View},
		{"DELETE", "/api/v1/account/sign-ins", "", people.View},
		{"GET", "/api/v1/account/passkeys", "", people.View},
		{"POST", "/api/v1/account/passkeys/challenge", `{"password":"x"}`, people.View},
		{"POST", "/api/v1/account/passkeys", `{"name":"x","credential":{}}`, people.View},
		{"DELETE", "/api/v1/account/passkeys/" + keyID, "", people.View},
		{"GET", "/api/v1/account/pushes", "", people.View},
		{"POST", "/api/v1/account/pushes", `{"endpoint":"https://a.example/","keys":{"p256dh":"","auth":""}}`, people.View},
		{"DELETE", "/api/v1/account/pushes/" + keyID, "", people.View},
		{"POST", "/api/v1/account/pushes/" + keyID + "/trial", "", people.View},
		{"POST", "/api/v1/clock", `{"at":"2026-11-23T16:25:00+07:00"}`, people.Plan},
	}
}

const (
	alarmID   = "0193a000-0000-7000-8000-0000000a1a12"
	slotID    = "0193a000-0000-7000-8000-0000000000a1"
	stationID = "0193a000-0000-7000-8000-0000000da101"

	personID  = "0193c000-0000-7000-8000-0000000000fe"
	keyID     = "0193c000-0000-7000-8000-0000000000fc"
	invitedID = "0193c000-0000-7000-8000-0000000000fd"

	drillID     = "0193a000-0000-7000-8000-00000000d111"
	exceptionID = "0193a000-0000-7000-8000-00000009e101"
	wordID      = "0193a000-0000-7000-8000-0000000c4001"
)

// eventsDoor and liveDoor are apart: their answers have no end.
const (
	eventsDoor = "GET /api/v1/air/events"
	liveDoor   = "GET /api/v1/live"
)

func TestEveryDoorIsHere(t *testing.T) {
	raw, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	answer{t: t, Body: raw}.into(&doc)
	var described, here []string
	for path, methods := range doc.Paths {
		for method := range methods {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	for _, d := range doors() {
		path := strings.NewReplacer(keptBackup, "{name}", boardPrint, "{fingerprint}", keyID, "{id}", personID, "{id}", invitedID, "{id}", noticeID, "{id}", alarmID, "{id}", soundID, "{id}", scheduleID, "{sid}", "/renditions/vi", "/renditions/{language}", "/villages/un-ta", "/villages/{key}", "/choices/vi", "/choices/{language}", slotID, "{id}", stationID, "{id}", exceptionID, "{id}", drillID, "{id}", wordID, "{id}", "/templates/cat-nuoc", "/templates/{code}", "/moved/x/", "/moved/{occurrence}/", "/asrun/o-proved/", "/asrun/{occurrence}/", "/history/7/", "/history/{entry}/").Replace(d.path)
		here = append(here, d.method+" "+path)
	}
	here = append(here, eventsDoor, liveDoor, "GET /api/v1/public/board", "GET /api/v1/public/board/{date}") // the last two ask nobody: TestPublicAPI
	slices.Sort(described)
	slices.Sort(here)
	if !slices.Equal(described, here) {
		t.Errorf("described:\n%s\nhere:\n%s", strings.Join(described, "\n"), strings.Join(here, "\n"))
	}
}

// rights is which role has which right; tokens raise no emergency without the
// flag.
var rights = map[people.Role]string{
	people.Admin:    "view write upload plan arrange administer",
	people.Officer:  "view write upload plan arrange",
	people.Cadre:    "view write upload plan",
	people.Recorder: "view write upload",
	people.Viewer:   "view",
}

// peopleOnly are the doors at which no program is let in, whatever its role.
func peopleOnly(d door) bool {
	return d.path == "/api/v1/clock" || strings.HasPrefix(d.path, "/api/v1/account/")
}

func TestEveryRoleAtEveryDoor(t *testing.T) {
	for _, d := range doors() {
		t.Run(d.method+" "+d.path, func(t *testing.T) {
			h := newHouse(t)
			h.fill()
			shelf, bin := slices.Clone(h.w.shelf), slices.Clone(h.w.bin)
			for _, role := range people.Roles() {
				h.w.shelf, h.w.bin = slices.Clone(shelf), slices.Clone(bin) // somebody before may have deleted from it
				may := slices.Contains(strings.Fields(rights[role]), string(d.right))
				if peopleOnly(d) {
					may = false
				}
				h.knock(d, string(role), may)
			}
			h.knock(d, "cadre+", d.right != people.Administer && d.right != people.Arrange && !peopleOnly(d))
			if got := h.call("nobody", d.method, d.path, d.body); got.Status != 401 || got.problem().Code != "unauthenticated" {
				t.Errorf("nobody: %d %s", got.Status, got.Body)
			}
		})
	}
}

// knock fails when somebody is let in who may not, or the other way round.
func (h *house) knock(d door, as string, may bool) {
	h.t.Helper()
	got := h.call(as, d.method, d.path, d.body)
	if forbidden := got.Status == 403; forbidden == may {
		h.t.Errorf("%s: status %d, may is %v: %s", as, got.Status, may, got.Body)
	}
	if got.Status == 401 {
		h.t.Errorf("%s is nobody", as)
	}
	if got.Status == 403 && got.problem().Code != "forbidden" {
		h.t.Errorf("%s: %s", as, got.Body)
	}
}

func TestEventsDoor(t *testing.T) {
	h := newHouse(t)
	h.call("nobody", "GET", "/api/v1/air/events", "").want(401)
	h.call("elsewhere", "GET", "/api/v1/air/events", "").want(403)
}

// Somebody of another village, admin though they be, finds nothing here.
func TestAnotherVillagesDoors(t *testing.T) {
	for _, d := range doors() {
		t.Run(d.method+" "+d.path, func(t *testing.T) {
			h := newHouse(t)
			h.fill()
			got := h.call("elsewhere", d.method, d.path, d.body)
			switch {
			case d.path == "/api/v1/villages", d.path == "/api/v1/coverage", d.path == "/api/v1/assignments", d.path == "/api/v1/speech/voices", d.path == "/api/v1/speech/preview", d.path == "/api/v1/rules-models":
				if got.Status != 200 { // say nothing about a village that they may not see
					t.Errorf("status %d", got.Status)
				}
			case strings.Contains(d.path, noticeID), strings.Contains(d.path, soundID), d.path == "/api/v1/uploads":
				if got.Status != 404 { // no folder takes uploads in this house; TestUploadOfAnotherVillage has one
					t.Errorf("status %d: %s", got.Status, got.Body)
				}
			default:
				if got.Status != 403 {
					t.Errorf("status %d: %s", got.Status, got.Body)
				}
			}
			if len(h.w.raised) > 0 || h.w.changed > 0 {
				t.Error("something was done")
			}
		})
	}
}

// What a village-bound token asks for its own village by name it gets; another
// it does not.
func TestVillageByName(t *testing.T) {
	h := newHouse(t)
	h.call("near", "GET", "/api/v1/plan?village=un-ta", "").want(200)
	h.call("near", "GET", "/api/v1/plan?village=toong-gianh", "").want(403)
	h.call("viewer", "GET", "/api/v1/plan?village=toong-gianh", "").want(200)
	h.call("elsewhere", "POST", "/api/v1/announcements", `{"village":"un-ta","title":"x","text":"x"}`).want(403)
}

// A recorder may save an announcement, but not say when it airs by the back
// door.
func TestSchedulesInsideAnAnnouncementNeedTheirRight(t *testing.T) {
	h := newHouse(t)
	h.call("recorder", "POST", "/api/v1/announcements", `{"title":"x","text":"x","schedules":[{"kind":"now"}]}`).want(403)
	if len(h.w.notices) != 0 {
		t.Error("it was saved")
	}
}
