package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A notice was promised for an hour that the village then ruled silent. The village head sees
// on the plan that it will not air, asks why, presses one of the ways out, looks at
// what that changes, saves; and the plan on the air has it.
func TestWayOutFromThePlan(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	id := d.announce(object{"title": "Chuông đêm", "text": notice, "renditions": []object{{"language": "vi"}, {"language": "pcc", "waived": true}}})
	village, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	y, m, day := time.Now().In(village).Date()
	d.airAt(id, time.Date(y, m, day+1, 23, 30, 0, 0, village))
	if _, stderr, code := loalang(t, `{"allowed":[{"from":"05:00","to":"21:00"}]}`, "rules", "set", "un-ta", "-", "--data", d.data); code != 0 {
		t.Fatal(stderr)
	}
	plan := func() string { return fmt.Sprint(d.call(http.MethodGet, "/plan", nil, http.StatusOK)["occurrences"]) }
	d.until("the plan says that it will not air", func() bool {
		return strings.Contains(fmt.Sprint(d.call(http.MethodGet, "/plan", nil, http.StatusOK)["omissions"]), id) && !strings.Contains(plan(), id)
	})

	b.signUp(d.setup)
	b.open(d.url + "/plan")
	b.until("the plan tells that it will not air", "document.querySelector('main').innerText.includes('Chuông đêm')")
	b.until("why can be asked", "document.querySelector('a[href*=\"/why\"]') != null")
	b.press("a[href*='/why']")
	b.until("a way out is offered", "document.querySelector('.ways form button') != null")
	b.picture("why-360")
	b.screen(1280, 900)
	b.picture("why-1280")
	b.screen(360, 740)
	b.press(".ways form button")
	b.until("what it changes is shown", "document.querySelector('main').innerText.includes('Chuông đêm') && document.querySelector('button[name=foreseen][value=save]') != null")
	b.picture("way-foreseen-360")
	b.press("button[name=foreseen][value=save]")
	b.until("it is taken", "location.search.includes('told=way-')") // when it airs is told if the board knows it soon enough
	b.picture("way-taken-360")
	d.until("the plan has it", func() bool { return strings.Contains(plan(), id) })
}
