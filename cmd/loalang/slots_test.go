package main_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestWhatDoesNotFitIsToldBefore: on a real board, a notice that does not fit
// its slot of the day after tomorrow is moved to the next, and its author is told at
// once; editing the slot makes room, and says before what it changes.
func TestWhatDoesNotFitIsToldBefore(t *testing.T) {
	need(t, sound)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	now := time.Now()
	first, last := now.AddDate(0, 0, 2).Format(time.DateOnly), now.AddDate(0, 0, 3).Format(time.DateOnly)
	slot, _ := d.call(http.MethodPost, "/slots", object{"name": "Buổi trưa", "start": "11:00", "length": 120, "limit": 25}, http.StatusCreated)["id"].(string)
	for _, title := range []string{"Họp thôn", "Tiêm chủng"} {
		a := d.call(http.MethodPost, "/announcements", object{
			"title": title, "text": strings.Repeat("Kính mời bà con đến nhà văn hoá. ", 4), "renditions": []object{{"language": "vi"}},
		}, http.StatusCreated)
		d.call(http.MethodPost, "/announcements/"+a["id"].(string)+"/schedules", object{"kind": "slots", "slots": []string{slot}, "from": first, "until": last}, http.StatusCreated)
	}
	var moved []any
	read := func() []any {
		moved, _ = d.call(http.MethodGet, "/moved", nil, http.StatusOK)["moved"].([]any)
		return moved
	}
	d.until("what does not fit is told", func() bool { return len(read()) == 2 }) // one on each day
	for _, m := range moved {
		m := m.(map[string]any)
		if m["author"] == "" || m["to"] == nil || !strings.Contains(m["detail"].(string), "moved to 17:00") {
			t.Errorf("told %v", m)
		}
	}
	d.slotPictures(slot)
	d.call(http.MethodPut, "/slots/"+slot, object{"name": "Buổi trưa", "start": "11:00", "length": 1800}, http.StatusOK)
	d.until("there is room", func() bool { return len(read()) == 0 })
}

// slotPictures keeps the pages of slots, on a phone and on a desk, in the folder that
// LOALANG_PICTURES names.
func (d *daemon) slotPictures(slot string) {
	d.t.Helper()
	if os.Getenv("LOALANG_PICTURES") == "" {
		return
	}
	b := newBrowser(d.t)
	b.open(d.setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()
	for _, width := range []int64{360, 1280} {
		b.screen(width, 740)
		for name, path := range map[string]string{"today": "/", "slots": "/slots", "slot": "/slots/" + slot, "new": "/slots/new", "plan": "/plan", "relays": "/relays"} {
			b.open(d.url + path)
			b.picture(fmt.Sprintf("slots-%s-%d", name, width))
		}
		b.open(d.url + "/slots/" + slot)
		b.fill("#limit", "") // 0,42: room for both
		b.press("button[name=preview]")
		b.until("the preview says what changes", "document.body.innerText.includes('Nếu lưu')")
		b.picture(fmt.Sprintf("slots-preview-%d", width))
	}
}
