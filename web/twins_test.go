package web_test

import (
	"strings"
	"testing"

	"loalang/web"
)

// twins are the calls of the API that do what a page or form does, by its route; what
// needs none has its reason behind "-".
var twins = map[string]string{
	"GET /":                  "get-air plan-in-words list-assignments list-moved",
	"GET /about":             "get-air get-plan",
	"GET /account":           "list-sign-ins",
	"GET /account/news":      "list-pushes",
	"GET /again":             "get-asrun list-slots",
	"GET /account/passkeys":  "list-passkeys ask-passkey create-passkey",
	"GET /announcements":     "list-announcements",
	"GET /announcements/:id": "get-announcement",
	"GET /announcements/:id/record/:language":  "get-announcement list-assignments",
	"GET /announcements/:id/schedules/:sid":    "get-announcement read-rule",
	"GET /announcements/:id/why":               "why-announcement",
	"GET /announcements/new":                   "list-templates list-slots list-voices",
	"GET /approvals":                           "list-approvals",
	"GET /approvals/notice/:id":                "get-announcement list-approvals",
	"GET /approvals/rules":                     "get-approval-rules",
	"GET /asrun":                               "get-asrun",
	"GET /asrun.csv":                           "get-asrun",
	"GET /audit":                               "list-audit",
	"GET /bang-tin":                            "get-public-board",
	"GET /bang-tin/ngay/:day":                  "get-public-day",
	"GET /bang-tin/now":                        "get-public-board",
	"GET /bang-tin/rss/:file":                  "- it is read by programs as it is",
	"GET /bang-tin/tin/:id":                    "get-public-day",
	"GET /bang-tin/to-dan":                     "- a sheet of paper",
	"GET /calendar/:file":                      "- it is read by programs as it is",
	"GET /calendars":                           "list-feeds",
	"GET /coverage":                            "get-coverage",
	"GET /drills":                              "list-drills",
	"GET /drills/:id":                          "list-drills",
	"GET /emergency":                           "get-air",
	"GET /exceptions":                          "list-exceptions",
	"GET /health":                              "get-health",
	"GET /healthz":                             "- it is read by programs as it is",
	"GET /help":                                "- the guide of the pages",
	"GET /help/:area":                          "- the guide of the pages",
	"GET /history":                             "list-history",
	"GET /hours":                               "- an address of old, which leads on",
	"GET /invitations/:id":                     "list-invitations",
	"GET /invitations/new":                     "- an empty form",
	"GET /join":                                "- a person opens it in a browser",
	"GET /languages":                           "list-villages",
	"GET /live":                                "speak-live",
	"GET /metrics":                             "- it is read by programs as it is",
	"GET /metrics/health":                      "get-health",
	"GET /microphone":                          "- about the browser it is opened in",
	"GET /microphone/loa.crt":                  "- it is read by programs as it is",
	"GET /people":                              "list-accounts list-invitations",
	"GET /people/:id":                          "list-accounts",
	"GET /plan":                                "get-plan plan-in-words explain-plan",
	"GET /asrun/heard":                         "get-heard",
	"GET /monitor":                             "get-monitor",
	"GET /sound":                               "get-sound",
	"GET /button":                              "get-sound",
	"GET /plan/move":                           "get-plan",
	"GET /publicity":                           "list-villages",
	"GET /readings":                            "list-assignments",
	"GET /readyz":                              "- it is read by programs as it is",
	"GET /recordings":                          "list-recordings",
	"GET /recordings/:id":                      "get-recording hear-recording hear-recording-before",
	"GET /recordings/:id/trim":                 "get-recording",
	"GET /relays":                              "list-slots list-stations",
	"GET /report":                              "get-report",
	"GET /report.csv":                          "get-report-csv",
	"GET /retention":                           "get-retention",
	"GET /backups":                             "list-backups take-backup",
	"GET /bundles":                             "list-bundles download-bundle",
	"GET /robots.txt":                          "- it is read by programs as it is",
	"GET /rules":                               "get-rules list-rules-models",
	"GET /settings":                            "- links to other pages",
	"GET /setup":                               "- a person opens it in a browser, once",
	"GET /sign-in":                             "- programs have tokens",
	"GET /slots":                               "list-slots",
	"GET /slots/:id":                           "list-slots",
	"GET /start":                               "- leads to the pages that do it",
	"GET /static/:name":                        "- part of the pages",
	"GET /stations":                            "list-stations",
	"GET /sw.js":                               "- part of the pages",
	"GET /templates":                           "list-templates",
	"GET /templates/:code":                     "get-template",
	"GET /templates/new":                       "- an empty form",
	"GET /tokens":                              "list-tokens",
	"GET /uploads/:id":                         "get-upload ask-upload",
	"GET /village":                             "list-villages",
	"GET /voices":                              "list-voice-choices list-voices",
	"GET /words":                               "list-words",
	"GET /words.csv":                           "export-words",
	"GET /words/:id":                           "get-word",
	"GET /words/new":                           "- an empty form",
	"POST /account/news/:id/remove":            "delete-push",
	"POST /account/news/:id/trial":             "try-push",
	"POST /account/passkeys/:id/remove":        "delete-passkey",
	"POST /account/password":                   "change-password",
	"POST /account/pin":                        "choose-pin",
	"POST /account/sign-ins/:id/end":           "end-sign-in",
	"POST /account/sign-ins/end":               "end-sign-ins",
	"POST /again":                              "create-schedule",
	"POST /air/stop":                           "stop-air",
	"POST /air/volume":                         "put-volume",
	"POST /announcements/:id/assign":           "assign-rendition",
	"POST /announcements/:id/bring-back":       "bring-back-announcement",
	"POST /announcements/:id/edit":             "edit-announcement",
	"POST /announcements/:id/expiry":           "edit-announcement",
	"POST /announcements/:id/hold":             "hold-rendition",
	"POST /announcements/:id/record/:language": "create-recording create-upload put-rendition",
	"POST /announcements/:id/schedules":        "create-schedule",
	"POST /announcements/:id/schedules/:sid":   "edit-schedule",
	"POST /announcements/:id/schedules/:sid/days":   "except-schedule",
	"POST /announcements/:id/schedules/:sid/remove": "delete-schedule",
	"POST /announcements/:id/schedules/:sid/rule":   "read-rule",
	"POST /announcements/:id/takes":                 "put-rendition",
	"POST /announcements/:id/unassign":              "unassign-rendition",
	"POST /announcements/:id/voice":                 "put-rendition",
	"POST /announcements/:id/waive":                 "put-rendition",
	"POST /announcements/:id/ways":                  "why-announcement edit-schedule create-schedule except-schedule edit-announcement request-exception",
	"POST /announcements/:id/withdraw":              "withdraw-announcement",
	"POST /announcements/blanks":                    "fill-template",
	"POST /announcements/new":                       "create-announcement",
	"POST /announcements/preview":                   "preview-speech",
	"POST /announcements/rule":                      "read-rule",
	"POST /approvals/notice/:id":                    "decide-approval",
	"POST /approvals/rules":                         "put-approval-rules",
	"POST /calendars/feeds":                         "create-feed",
	"POST /calendars/feeds/:id/revoke":              "revoke-feed",
	"POST /calendars/import":                        "import-calendar",
	"POST /calendars/preview":                       "preview-calendar",
	"POST /backups":                                 "make-backup",
	"POST /bundles/export":                          "export-bundle",
	"POST /bundles/look":                            "look-at-bundle",
	"POST /bundles/take":                            "take-bundle",
	"POST /bundles/boards":                          "trust-board",
	"POST /bundles/boards/remove":                   "distrust-board",
	"POST /clock":                                   "tell-clock",
	"POST /drills":                                  "create-drill",
	"POST /drills/:id":                              "change-drill",
	"POST /drills/:id/delete":                       "delete-drill",
	"POST /drills/run":                              "run-drill",
	"POST /drills/stop":                             "stop-air",
	"POST /emergency":                               "raise-emergency",
	"POST /emergency/all-clear":                     "raise-all-clear",
	"POST /emergency/renew":                         "renew-emergency",
	"POST /emergency/stop":                          "end-emergency",
	"POST /exceptions":                              "request-exception",
	"POST /exceptions/:id/decide":                   "decide-exception",
	"POST /exceptions/:id/withdraw":                 "withdraw-exception",
	"POST /invitations/:id/revoke":                  "revoke-invitation",
	"POST /invitations/new":                         "create-invitation",
	"POST /join":                                    "- a person chooses their own name and password; create-account makes one otherwise",
	"POST /language":                                "- of the browser; a call names its language",
	"POST /languages":                               "edit-village",
	"POST /monitor/calibrate":                       "calibrate-monitor",
	"POST /sound":                                   "put-mixer",
	"POST /button":                                  "put-button",
	"POST /moved/seen":                              "see-moved",
	"POST /people/:id":                              "change-account",
	"POST /people/:id/do":                           "change-account create-invitation",
	"POST /pin":                                     "confirm-pin",
	"POST /plan/move":                               "move-turn",
	"POST /publicity":                               "edit-village",
	"POST /recordings":                              "create-recording",
	"POST /recordings/:id/delete":                   "delete-recording",
	"POST /recordings/:id/rename":                   "rename-recording",
	"POST /recordings/:id/restore":                  "restore-recording",
	"POST /recordings/:id/trim":                     "trim-recording",
	"POST /relays/:id":                              "put-relays",
	"POST /retention":                               "put-retention",
	"POST /retention/tidy":                          "tidy-library",
	"POST /rules":                                   "put-rules",
	"POST /setup":                                   "- the first account, before anybody has a token",
	"POST /sign-in":                                 "- programs have tokens",
	"POST /sign-in/passkey":                         "- programs have tokens",
	"POST /sign-in/passkey/challenge":               "- programs have tokens",
	"POST /sign-out":                                "- programs have tokens",
	"POST /slots/:id":                               "create-slot change-slot",
	"POST /slots/:id/remove":                        "delete-slot",
	"POST /start":                                   "- of the browser: what its reader has put off",
	"POST /start/sound":                             "create-announcement create-schedule",
	"POST /stations":                                "create-station change-station",
	"POST /stations/:id/remove":                     "delete-station",
	"POST /stations/:id/try":                        "try-station",
	"POST /templates/:code":                         "change-template",
	"POST /templates/:code/remove":                  "delete-template",
	"POST /templates/example":                       "try-template",
	"POST /templates/new":                           "create-template",
	"POST /tokens":                                  "create-token",
	"POST /tokens/:id/revoke":                       "revoke-token",
	"POST /undo":                                    "undo-removal",
	"POST /village":                                 "edit-village",
	"POST /voices/:language":                        "choose-voice",
	"POST /voices/:language/try":                    "try-voice",
	"POST /words/:id":                               "change-word try-word",
	"POST /words/:id/remove":                        "delete-word",
	"POST /words/import":                            "import-words",
	"POST /words/new":                               "create-word try-word",
}

// Whatever a page shows or a form does, the API does: each route of the panel names its
// calls, which are described, or says why it has none.
func TestEveryPageHasItsTwin(t *testing.T) {
	raw, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	answer{t: t, Body: raw}.into(&doc)
	described := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.OperationID == "" || described[op.OperationID] {
				t.Errorf("%s %s is called %q, as another, or nothing", method, path, op.OperationID)
			}
			described[op.OperationID] = true
		}
	}
	used := map[string]bool{}
	for _, route := range web.Doors(newHouse(t).server) {
		if strings.Contains(route, " /api/") {
			continue
		}
		calls, known := twins[route]
		used[route] = true
		if reason, none := strings.CutPrefix(calls, "- "); !known || calls == "" || none && reason == "" {
			t.Errorf("%s has neither a twin nor a reason", route)
			continue
		} else if none {
			continue
		}
		for _, call := range strings.Fields(calls) {
			if !described[call] {
				t.Errorf("%s: there is no call %q", route, call)
			}
		}
	}
	for route := range twins {
		if !used[route] {
			t.Errorf("%q is no route", route)
		}
	}
}
