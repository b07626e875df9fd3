package main_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
	"loalang/store"
)

// places are what the pages of a village that has lived a while are opened with: an ID, a
// day or a secret by its name in web/testdata/pages.txt.
type places map[string]string

// fill puts them into an address.
func (p places) fill(t testing.TB, address string) string {
	t.Helper()
	for name, value := range p {
		address = strings.ReplaceAll(address, "{"+name+"}", url.QueryEscape(value))
	}
	if strings.ContainsAny(address, "{}") {
		t.Fatalf("%s: nobody made that; cmd/loalang/suite_seed_test.go does", address)
	}
	return address
}

// said is what the village of the browser suite tells: title, topic, text.
var said = [][3]string{
	{"Mời họp thôn bàn việc làm đường bê tông ngõ xóm", "community", "Kính mời bà con thôn Ún Tà 19h30 tối mai đến nhà văn hóa thôn họp bàn việc làm đường bê tông ngõ xóm. Mỗi hộ cử một người dự."},
	{"Tiêm phòng cho trâu, bò đợt 2", "agriculture", "Trạm thú y xã tiêm phòng lở mồm long móng cho trâu, bò từ 7h sáng thứ Năm tại bãi chăn thả. Bà con cho trâu bò về đúng giờ."},
	{"Lịch cắt điện sửa đường dây", "community", "Điện lực Bát Xát cắt điện từ 8h đến 11h30 ngày mai để sửa đường dây 35 kV. Bà con tắt thiết bị trước khi mất điện."},
	{"Khám sức khỏe cho người cao tuổi", "health", "Trạm y tế xã khám sức khỏe miễn phí cho người từ 60 tuổi trở lên. Mang theo thẻ BHYT và CCCD."},
	{"Ra quân vệ sinh đường làng", "community", "Sáng Chủ nhật, mỗi hộ một người mang cuốc, xẻng ra dọn vệ sinh trục đường chính của thôn."},
	{"Nộp quỹ đền ơn đáp nghĩa", "community", "Đề nghị các hộ nộp quỹ đền ơn đáp nghĩa 50.000 đồng tại nhà trưởng thôn trước ngày 30."},
	{"Phòng chống rét cho gia súc", "agriculture", "Trời sẽ rét đậm dưới 10 °C. Bà con che chắn chuồng trại, dự trữ rơm khô, không thả trâu bò khi nhiệt độ dưới 12 °C."},
	{"Tuyển sinh lớp xóa mù chữ", "education", "Trường tiểu học Cốc San mở lớp xóa mù chữ buổi tối. Đăng ký với cô Lò Thị Mai trước thứ Sáu."},
	{"Chi trả tiền dịch vụ môi trường rừng", "community", "UBND xã chi trả tiền dịch vụ môi trường rừng tại nhà văn hóa thôn từ 8h. Chủ hộ mang theo CCCD."},
	{"Cảnh báo lừa đảo qua điện thoại", "security", "Công an xã nhắc bà con: cán bộ không bao giờ đòi mã OTP hay chuyển tiền qua điện thoại."},
}

// provedOccurrence is one that the monitor input heard.
const provedOccurrence = "0193e000-0000-7000-8000-0000000000e1"

// settled makes a village that has lived a while of a board: thirty notices in every
// state, slots, relays, words, people, a week of the as-run.
func settled(t testing.TB, d *daemon) places {
	t.Helper()
	p := places{"proved": provedOccurrence}
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(loc)
	p["today"], p["tomorrow"], p["yesterday"] = now.Format(time.DateOnly), now.AddDate(0, 0, 1).Format(time.DateOnly), now.AddDate(0, 0, -1).Format(time.DateOnly)
	d.call(http.MethodPatch, "/villages/un-ta", object{"board": "on", "board_indexed": true}, http.StatusOK)
	d.peopled(p)
	d.furnished(p, now)
	recorded := d.call(http.MethodPost, "/recordings", phone(t, "m4a", "-c:a", "aac"), http.StatusCreated)
	p["recording"] = recorded["id"].(string)
	notices := d.told(p, now)
	lived(t, d.data, notices, now)
	d.call(http.MethodPut, "/villages/un-ta/rules", object{
		"allowed": []object{{"from": "05:00", "to": "21:00"}}, "quiet": []object{{"from": "11:30", "to": "13:30"}},
		"holidays": []object{{"calendar": "lunar", "month": 1, "day": 1, "length": 3, "name": "Tết Nguyên đán", "rule": "sunday"}},
	}, http.StatusOK)
	d.until("the machine has read everything", func() bool {
		return !slices.ContainsFunc(notices[:29], func(one [2]string) bool { return d.reading(one[0], "vi")["state"] != "ready" })
	})
	d.until("the board has what aired", func() bool {
		resp, body := d.look("/bang-tin/ngay/" + p["yesterday"]) // of today nothing is there before the first slot and after the last
		found := regexp.MustCompile(`<article class="tin" id="([a-z0-9]+)"`).FindStringSubmatch(body)
		if resp != http.StatusOK || found == nil {
			return false
		}
		p["tin"] = found[1]
		return true
	})
	d.until("something of the plan can be moved", func() bool {
		for _, o := range d.call(http.MethodGet, "/plan", nil, http.StatusOK)["occurrences"].([]any) {
			o := object(o.(map[string]any))
			if due, err := time.Parse(time.RFC3339, o["due"].(string)); err == nil && o["kind"] == "notice" && due.After(now.Add(6*time.Hour)) {
				id := o["id"].(string)
				if strings.Contains(id[strings.LastIndexByte(id, ':'):], ".") { // carried: another plan may not
					continue
				}
				p["turn"] = id
				return true
			}
		}
		return false
	})
	return p
}

// look opens a page without a sign-in.
func (d *daemon) look(path string) (int, string) {
	d.t.Helper()
	resp, err := http.Get(d.url + path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// peopled lets people in: accounts, an invitation, tokens, and who must be asked.
func (d *daemon) peopled(p places) {
	d.t.Helper()
	for _, one := range [][2]string{{"Vàng Thị Mỷ", "admin"}, {"Nông Thị Hoa", "officer"}, {"Lò Văn Páo", "cadre"}, {"Sùng A Chơ", "recorder"}, {"Hoàng Văn Thụ", "viewer"}} {
		made := d.call(http.MethodPost, "/accounts", object{"name": one[0], "password": password, "role": one[1]}, http.StatusCreated)
		p["person"] = made["id"].(string)
	}
	made := d.call(http.MethodPost, "/invitations", object{"for": "bí thư đoàn", "role": "recorder"}, http.StatusCreated)
	p["invitation"] = made["id"].(string)
	p["invited"] = made["secret"].(string)
	d.call(http.MethodPost, "/tokens", object{"name": "Máy trạm xã", "role": "viewer"}, http.StatusCreated)
	who := func(normal, priority string) object { return object{"normal": normal, "priority": priority} }
	d.call(http.MethodPut, "/villages/un-ta/approval-rules", object{
		"recorder": who("anyone", "officer"), "cadre": who("none", "officer"), "officer": who("none", "none"),
		"two_people": false, "later_takes": false, "review_hours": 24, "days": 30, "priority_days": 7,
	}, http.StatusOK)
}

// furnished gives the village its slots, stations, words, drills and an exception.
func (d *daemon) furnished(p places, now time.Time) {
	d.t.Helper()
	made := d.call(http.MethodPost, "/slots", object{
		"name": "Buổi trưa", "start": "11:00", "length": 1500, "limit": 900,
		"seasons":  []object{{"from": "11-15", "to": "02-28", "start": "10:45"}},
		"days_off": []object{{"date": now.AddDate(0, 0, 3).Format(time.DateOnly), "off": true}},
	}, http.StatusCreated)
	p["slot"] = made["id"].(string)
	d.call(http.MethodPost, "/stations", object{"name": "VOV1", "url": "https://radio.example/vov1.m3u8"}, http.StatusCreated)
	near := d.call(http.MethodPost, "/stations", object{"name": "Đài xã Cốc San", "input": "hw:1"}, http.StatusCreated)
	d.call(http.MethodPut, "/slots/"+p["slot"]+"/relays", object{"relays": []object{{"station": near["id"], "offset": 300, "length": 600}}}, http.StatusOK)
	for _, w := range [][3]string{{"Ún Tà", "ún ta", "cụ Mỷ"}, {"Cốc San", "cốc xan", ""}, {"kV", "ki lô vôn", "điện lực"}} {
		word := d.call(http.MethodPost, "/words", object{"written": w[0], "spoken": w[1], "note": w[2]}, http.StatusCreated)
		p["word"] = word["word"].(map[string]any)["id"].(string)
	}
	drill := d.call(http.MethodPost, "/drills", object{"title": "Thử loa khẩn cấp", "silent": true, "rule": "DTSTART:" + now.AddDate(0, 0, 2).Format("20060102") + "T090000\nRRULE:FREQ=MONTHLY"}, http.StatusCreated)
	p["drill"] = drill["id"].(string)
	from := time.Date(now.Year(), now.Month(), now.Day()+2, 21, 0, 0, 0, now.Location())
	d.call(http.MethodPost, "/exceptions", object{"from": from, "to": from.Add(time.Hour), "rules": []string{"hours"}, "reason": "Đêm văn nghệ mừng ngày hội đại đoàn kết"}, http.StatusCreated)
}

// told saves thirty notices: in slots, at a time, by a rule of the moon, waiting for a
// reader, for an approver, returned and withdrawn. It gives them with their titles.
func (d *daemon) told(p places, now time.Time) [][2]string {
	d.t.Helper()
	var all [][2]string
	slots := []string{"05:30", "17:00"}
	for n := range 30 {
		one := said[n%len(said)]
		body := object{"title": one[0], "topic": one[1], "text": one[2], "issuer": "Thôn Ún Tà", "renditions": []object{{"language": "vi"}}}
		if n >= len(said) {
			body["title"] = fmt.Sprintf("%s, lần %d", one[0], n/len(said)+1)
		}
		if n%3 == 0 {
			body["class"], body["renditions"] = "priority", []object{{"language": "vi"}, {"language": "pcc", "recording": p["recording"]}}
		}
		if n%5 == 4 {
			body["renditions"] = []object{{"language": "vi"}, {"language": "pcc", "waived": true}}
		}
		schedule := object{"kind": "slots", "slots": []string{slots[n%2]}, "days": []string{"mon", "wed", "thu", "sun"}}
		switch n % 10 {
		case 0:
			schedule = object{"kind": "recurring", "slots": []string{"17:00"}, "rule": "DTSTART;VALUE=DATE:" + now.Format("20060102") + "\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15"}
		case 7:
			schedule = object{"kind": "once", "at": time.Date(now.Year(), now.Month(), now.Day()+1+n/10, 22, 15, 0, 0, now.Location())} // outside the hours
		case 8:
			schedule = object{"kind": "once", "at": time.Date(now.Year(), now.Month(), now.Day()+1+n/10, 9, 30, 0, 0, now.Location())}
		}
		id := d.call(http.MethodPost, "/announcements", body, http.StatusCreated)["id"].(string)
		saved := d.call(http.MethodPost, "/announcements/"+id+"/schedules", schedule, http.StatusCreated)
		all = append(all, [2]string{id, fmt.Sprint(body["title"])})
		if n == 0 {
			p["notice"], p["schedule"] = id, saved["id"].(string)
		}
		if n%7 == 1 && n%3 != 0 && n%5 != 4 {
			d.call(http.MethodPut, "/announcements/"+id+"/renditions/pcc/assignment", object{"reader": "Sùng A Chơ"}, http.StatusOK)
		}
	}
	long := d.call(http.MethodPost, "/announcements", object{"title": "Phát thanh sáng: chuyện bản làng", "topic": "community", "text": strings.Repeat(said[0][2]+" ", 10), "renditions": []object{{"language": "vi"}, {"language": "pcc", "waived": true}}}, http.StatusCreated)
	p["long"] = long["id"].(string)
	p["waiting"] = d.submitted("Mời các em dự Trung thu muộn của thôn")
	p["returned"] = d.submitted("Tập huấn trồng quế")
	d.call(http.MethodPost, "/announcements/"+p["returned"]+"/approval", object{"act": "return", "reason": "Sai giờ: buổi tập huấn bắt đầu lúc 8h."}, http.StatusOK)
	d.call(http.MethodPost, "/announcements/"+all[29][0]+"/withdraw", nil, http.StatusOK)
	return all
}

// submitted is a notice by somebody whose words wait for approval.
func (d *daemon) submitted(title string) string {
	d.t.Helper()
	recorder := *d
	recorder.token = d.call(http.MethodPost, "/tokens", object{"name": "Điện thoại ghi âm " + title, "role": "recorder"}, http.StatusCreated)["secret"].(string)
	made := recorder.call(http.MethodPost, "/announcements", object{"title": title, "text": "Kính mời bà con 7h30 ngày mai ra nhà văn hóa thôn.", "renditions": []object{{"language": "vi"}}}, http.StatusCreated)
	d.call(http.MethodPost, "/announcements/"+made["id"].(string)+"/schedules", object{"kind": "slots", "slots": []string{"17:00"}}, http.StatusCreated)
	return made["id"].(string)
}

// lived puts a week into the as-run: what was heard, late, cut and missed, an emergency, a drill.
func lived(t testing.TB, data string, notices [][2]string, now time.Time) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{Path: filepath.Join(data, "loalang.db"), Now: time.Now, NewID: uuid.NewString})
	if err != nil {
		t.Fatal(err)
	}
	put := func(daysAgo, hour, minute int, change func(*playout.AsRun)) {
		t.Helper()
		due := time.Date(now.Year(), now.Month(), now.Day()-daysAgo, hour, minute, 0, 0, now.Location()).UTC()
		a := playout.AsRun{
			Owned:      scheduler.Owned{ID: uuid.NewString(), Village: "un-ta", Origin: "test", Created: due, Updated: due},
			Occurrence: uuid.NewString(), Kind: scheduler.Notice, Class: scheduler.ClassNormal, Nominal: due, Due: due,
			Issuer: "Thôn Ún Tà", Outcome: playout.Played, Cause: "completed", Heard: playout.HeardYes, Languages: []string{"vi", "pcc"},
		}
		change(&a)
		if a.Outcome == playout.Played {
			a.Airings = []playout.Airing{{Part: scheduler.PartVoice, Language: "vi", Started: due, Ended: due.Add(time.Minute), Frames: 60 * 48000, Cause: "completed"}}
		}
		if err := db.Record(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	ways := []func(*playout.AsRun){
		func(*playout.AsRun) {}, func(*playout.AsRun) {}, func(*playout.AsRun) {},
		func(a *playout.AsRun) { a.Outcome, a.Cause = playout.Missed, scheduler.ReasonPower },
		func(a *playout.AsRun) { a.Lateness, a.Cause = 6*time.Minute, scheduler.ReasonPower },
		func(a *playout.AsRun) { a.Outcome, a.Cause = playout.Cut, scheduler.ReasonPreempted },
		func(a *playout.AsRun) { a.Heard = playout.HeardSilent },
	}
	slots, err := db.Slots(ctx, "un-ta")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 35 {
		one := notices[n%(len(notices)-1)]
		put(1+n/5, []int{5, 17}[n%2], 30+2*(n%5), func(a *playout.AsRun) {
			a.Announcement, a.Title, a.Slot = one[0], one[1], slots[n%2].ID
			ways[n%len(ways)](a)
		})
	}
	put(0, max(now.Hour()-1, 0), 0, func(a *playout.AsRun) { // the public board has something of today on any day, at any hour
		a.Announcement, a.Title = notices[0][0], notices[0][1]
	})
	put(1, 11, 0, func(a *playout.AsRun) {
		a.Occurrence, a.Announcement, a.Title, a.Slot = provedOccurrence, notices[0][0], notices[0][1], slots[0].ID
		a.Proof = &proof.Result{Verdict: proof.Heard, Score: 0.88, Share: 0.97, Windows: 57, Level: -37.4, Sent: -18.2, Lag: 320 * time.Millisecond, Envelopes: &proof.Envelopes{Step: 300 * time.Millisecond}}
		for i := range 200 {
			a.Proof.Envelopes.Sent = append(a.Proof.Envelopes.Sent, byte(120+(i*37)%90))
			a.Proof.Envelopes.Heard = append(a.Proof.Envelopes.Heard, byte(90+(i*37)%80))
		}
	})
	put(2, 20, 0, func(a *playout.AsRun) {
		a.Kind, a.Title, a.Cause = playout.KindEmergency, "Lũ quét trên suối", "expired"
	})
	put(4, 9, 0, func(a *playout.AsRun) {
		a.Kind, a.Title, a.Drill = scheduler.DrillKind, "Thử loa khẩn cấp", &playout.DrillResult{Steps: []playout.DrillStep{{Code: playout.StepSiren, OK: true}}}
	})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
