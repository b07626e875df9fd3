package main_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// undone removes something by the API, takes the way that the answer names, and returns
// what is at where then.
func (d *daemon) undone(method, path string, body any, where string) object {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, d.url+"/api/v1"+path, http.NoBody)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		d.t.Fatal(err)
	}
	undo, ok := strings.CutPrefix(resp.Header.Get("Undo"), "/api/v1")
	if resp.StatusCode >= 300 || !ok {
		d.t.Fatalf("%s %s: %d, undone by %q", method, path, resp.StatusCode, resp.Header.Get("Undo"))
	}
	d.call(http.MethodPost, undo, body, http.StatusOK)
	if status, answer := d.try(http.MethodPost, undo, nil); status != http.StatusConflict {
		d.t.Errorf("%s %s undone twice: %d %v", method, path, status, answer)
	}
	return d.call(http.MethodGet, where, nil, http.StatusOK)
}

// TestEveryRemovalComesBack: what the API removes is there again as it was, each kind of
// record by the call that the answer named.
func TestEveryRemovalComesBack(t *testing.T) {
	need(t, sound)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	a := d.announce(object{"title": "Họp thôn", "text": notice, "renditions": []object{{"language": "vi"}}})
	at := time.Now().Add(26 * time.Hour)
	s := d.call(http.MethodPost, "/announcements/"+a+"/schedules", object{"kind": "once", "at": at.Format(time.RFC3339)}, http.StatusCreated)
	slot := d.call(http.MethodPost, "/slots", object{"name": "Buổi trưa", "start": "11:00", "length": 900}, http.StatusCreated)
	station := d.call(http.MethodPost, "/stations", object{"name": "Đài huyện", "url": "http://127.0.0.1:9/dai"}, http.StatusCreated)
	drill := d.call(http.MethodPost, "/drills", object{"at": at.Format(time.RFC3339), "siren": 20, "silent": true}, http.StatusCreated)
	sample := d.call(http.MethodPost, "/templates", object{"name": "Mẫu thử", "title": "Họp", "text": "Kính mời bà con đến họp."}, http.StatusCreated)
	d.call(http.MethodPost, "/words", object{"written": "BCĐ", "spoken": "ban chỉ đạo"}, http.StatusCreated)
	word := d.call(http.MethodGet, "/words", nil, http.StatusOK)["words"].([]any)[0].(map[string]any)
	lift := d.call(http.MethodPost, "/exceptions", object{"from": at, "to": at.Add(time.Hour), "rules": []string{"quiet"}, "reason": "Lễ hội của thôn"}, http.StatusCreated)

	if got := d.undone(http.MethodDelete, fmt.Sprintf("/announcements/%s/schedules/%s", a, s["id"]), nil, "/announcements/"+a); len(got["schedules"].([]any)) != 1 {
		t.Errorf("the schedule: %v", got["schedules"])
	}
	if got := d.undone(http.MethodPost, "/announcements/"+a+"/withdraw", nil, "/announcements/"+a); got["withdrawn"] != nil {
		t.Errorf("the announcement: %v", got["withdrawn"])
	}
	for name, c := range map[string]struct{ path, list string }{
		"slots":     {fmt.Sprint("/slots/", slot["id"]), "/slots"},
		"stations":  {fmt.Sprint("/stations/", station["id"]), "/stations"},
		"drills":    {fmt.Sprint("/drills/", drill["id"]), "/drills"},
		"templates": {fmt.Sprint("/templates/", sample["code"]), "/templates"},
		"words":     {fmt.Sprint("/words/", word["id"]), "/words"},
	} {
		was := d.call(http.MethodGet, c.list, nil, http.StatusOK)
		is := d.undone(http.MethodDelete, c.path, nil, c.list)
		if before, after := len(was[name].([]any)), len(is[name].([]any)); before == 0 || after != before {
			t.Errorf("%s: %d, and %d after", name, before, after)
		}
	}
	got := d.undone(http.MethodPost, fmt.Sprintf("/exceptions/%s/withdrawal", lift["id"]), nil, "/exceptions")
	if e := object(got["exceptions"].([]any)[0].(map[string]any)); e["state"] != "requested" {
		t.Errorf("the exception: %v", e)
	}
}
