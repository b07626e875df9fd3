package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
)

const recordPage = "/announcements/" + meetingID + "/record/pcc"

// Somebody who may only record sends a file as any browser can, cut at both ends:
// it stands behind the language, and the page says what comes next.
func TestRecordWithoutAScript(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Recorder, "vi")
	f := s.get(recordPage).fields(t)
	f.Set("cut_from", "1,5")
	f.Set("cut_to", "20")
	p := s.upload(recordPage, f, map[string]string{"file_pcc=giay.ogg": strings.Repeat("giáy", 10000)})
	if p.status != http.StatusSeeOther || p.location != recordPage+"?told=take" {
		t.Fatalf("status %d to %s: %s", p.status, p.location, p.text)
	}
	r := w.notices[meetingID].Renditions[1]
	rec := w.shelf[len(w.shelf)-1]
	if r.State != scheduler.Recorded || r.Recording != rec.ID || w.changed == 0 {
		t.Errorf("the rendition is %+v", r)
	}
	if want := (recordings.Trim{From: 1500 * time.Millisecond, To: 20 * time.Second}); rec.Trim != want || rec.By != "truongthon" {
		t.Errorf("it was taken in as %+v", rec)
	}
	p = s.get(p.location)
	if !strings.Contains(p.text, "Đã nhận bản thu.") || !strings.Contains(p.text, "Đang xử lý bản thu") || !strings.Contains(p.body, "data-pending") || !strings.Contains(p.text, "Có nhiều tiếng ồn.") {
		t.Errorf("the page says %s", p.text)
	}
	if p = s.get("/announcements/" + meetingID); !strings.Contains(p.text, "Có nhiều tiếng ồn.") {
		t.Error("whoever reads the announcement is not warned")
	}
}

func TestRecordThatIsRefused(t *testing.T) {
	file := map[string]string{"file_pcc=giay.ogg": "giáy"}
	tests := []struct {
		name  string
		set   func(w *world, f url.Values)
		files map[string]string
		want  string
	}{
		{"no file", func(*world, url.Values) {}, nil, "Chưa có bản thu."},
		{"a silent one", func(w *world, _ url.Values) { w.refuse = recordings.Refused{Code: recordings.NoSound} }, file, "Bản thu không có tiếng."},
		{"trimmed to nothing", func(w *world, _ url.Values) { w.refuse = recordings.Refused{Code: recordings.BadTrim} }, file, "Phần giữ lại ngắn quá"},
		{"a trim that is no number", func(_ *world, f url.Values) { f.Set("cut_from", "một giây") }, file, "Phần giữ lại ngắn quá"},
		{"a trim that is not finite", func(_ *world, f url.Values) { f.Set("cut_to", "NaN") }, file, "Phần giữ lại ngắn quá"},
		{"a trim before the beginning", func(_ *world, f url.Values) { f.Set("cut_from", "-3") }, file, "Phần giữ lại ngắn quá"},
	}
	for _, tt := range tests {
		for _, by := range []string{"", "module"} {
			t.Run(tt.name+" "+by, func(t *testing.T) {
				w := newWorld(t)
				w.fill()
				f := url.Values{"by": {by}}
				tt.set(w, f)
				p := newSite(t, w, people.Recorder, "vi").upload(recordPage, f, tt.files)
				if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, tt.want) {
					t.Errorf("status %d: %s", p.status, p.text)
				}
				if whole := strings.Contains(p.body, "<html"); whole != (by == "") {
					t.Errorf("a whole page: %v", whole)
				}
				if r := w.notices[meetingID].Renditions[1]; r.State != scheduler.Missing {
					t.Errorf("the rendition is %+v", r)
				}
			})
		}
	}
}

func TestRecordByThePagesModule(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Recorder, "vi")
	f := url.Values{"by": {"module"}, "wording": {scheduler.Wording(w.notices[meetingID].Announcement.Text)}, "cut_from": {"0"}, "cut_to": {"0"}}
	long := map[string]string{"file_pcc=giay.ogg": strings.Repeat("x", 40*60*1000)} // 40 minutes in this world
	p := s.upload(recordPage, f, long)
	if p.status != http.StatusOK || strings.Contains(p.body, "<html") || !strings.Contains(p.body, "data-pending") {
		t.Fatalf("status %d: %s", p.status, p.body)
	}
	if !strings.Contains(p.text, "Dài hơn chỗ còn lại") || !strings.Contains(p.text, "trong buổi chiều, 17:00, hôm nay") {
		t.Errorf("it is not said that the slot cannot hold it: %s", p.text)
	}
	before := w.notices[meetingID].Renditions[1]
	w.notices[meetingID].Renditions[1].State = scheduler.Ready
	f.Set("take_pcc", before.Recording) // the answer was lost, and the phone sends once more
	if p = s.upload(recordPage, f, nil); p.status != http.StatusOK {
		t.Fatalf("status %d: %s", p.status, p.body)
	}
	if r := w.notices[meetingID].Renditions[1]; r.State != scheduler.Ready {
		t.Errorf("what was ready is %s because it came twice", r.State)
	}
}

// The text was changed while somebody read the old one aloud.
func TestRecordOfWordsThatHaveChanged(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Recorder, "vi")
	f := s.get(recordPage).fields(t)
	d := w.notices[meetingID]
	d.Announcement.Text = "Họp lúc 20h."
	w.notices[meetingID] = d
	if p := s.upload(recordPage, f, map[string]string{"file_pcc=giay.ogg": "giáy"}); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if r := w.notices[meetingID].Renditions[1]; r.State != scheduler.Outdated || r.Recording == "" {
		t.Errorf("the rendition is %+v", r)
	}
}

func TestRecordWhatCannotBe(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Recorder, "vi")
	if p := s.get("/announcements/" + meetingID + "/record/fr"); p.status != http.StatusNotFound {
		t.Errorf("a language of no village: status %d", p.status)
	}
	if p := s.get("/announcements/none/record/pcc"); p.status != http.StatusNotFound {
		t.Errorf("no announcement: status %d", p.status)
	}
	d := w.notices[meetingID]
	d.Announcement.Withdrawn = w.now
	w.notices[meetingID] = d
	if p := s.get(recordPage); p.status != http.StatusConflict {
		t.Errorf("withdrawn: status %d", p.status)
	}
	if p := s.upload(recordPage, nil, map[string]string{"file_pcc=giay.ogg": "giáy"}); p.status != http.StatusConflict {
		t.Errorf("withdrawn, and sent: status %d", p.status)
	}
}

// A file is taken in while it comes: what stands behind it comes too late.
func TestRecordTrimmedTooLate(t *testing.T) {
	w := newWorld(t)
	w.fill()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file_pcc", "giay.ogg")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte("giáy"))
	_ = m.WriteField("cut_from", "2")
	_ = m.Close()
	p := newSite(t, w, people.Recorder, "vi").do("POST", recordPage, m.FormDataContentType(), &b)
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Máy nhận tệp trước chỗ cắt") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
	if r := w.notices[meetingID].Renditions[1]; r.State != scheduler.Missing {
		t.Errorf("the rendition is %+v", r)
	}
}

// What was sent is trimmed anew from the sound as it came, and stands behind the
// same language, with the words that it was read from.
func TestTrimAgain(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.shelf[0].Trim = recordings.Trim{From: 1500 * time.Millisecond}
	d := w.notices[meetingID]
	d.Renditions[0].Told = "0011223344556677"
	s := newSite(t, w, people.Recorder, "vi")
	path := "/recordings/" + takeID + "/trim"
	p := s.get(path + "?for=" + meetingID + "&language=vi")
	p.checkForm(t, "vi")
	f := p.fields(t)
	if f.Get("cut_from") != "1,5" || f.Get("cut_to") != "" || f.Get("for") != meetingID {
		t.Fatalf("the form holds %v", f)
	}
	f.Set("cut_from", "2,25")
	f.Set("cut_to", "20")
	if p = s.post(path, f); p.location != "/announcements/"+meetingID+"/record/vi?told=take" {
		t.Fatalf("status %d to %s: %s", p.status, p.location, p.text)
	}
	cut := w.shelf[len(w.shelf)-1]
	if want := (recordings.Trim{From: 2250 * time.Millisecond, To: 20 * time.Second}); cut.Trim != want || cut.By != "truongthon" {
		t.Errorf("it became %+v", cut)
	}
	if r := w.notices[meetingID].Renditions[0]; r.Recording != cut.ID || r.State != scheduler.Outdated || r.Told != "0011223344556677" {
		t.Errorf("the rendition is %+v", r)
	}
	if p = s.post(path, f); p.status != http.StatusConflict {
		t.Errorf("over what was recorded meanwhile: status %d", p.status)
	}
	if p = s.post(path, url.Values{"cut_from": {"3"}}); p.location != "/recordings?told=recorded" {
		t.Errorf("for no announcement: status %d to %s", p.status, p.location)
	}
}

func TestTrimThatIsRefused(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Recorder, "vi")
	path := "/recordings/" + takeID + "/trim"
	if p := s.post(path, url.Values{"cut_from": {"abc"}, "cut_to": {"9"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Phần giữ lại ngắn quá") || !strings.Contains(p.body, `value="abc"`) {
		t.Errorf("no number: status %d: %s", p.status, p.text)
	}
	w.refuse = recordings.Refused{Code: recordings.BadTrim}
	if p := s.post(path, url.Values{"cut_from": {"26"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Phần giữ lại ngắn quá") {
		t.Errorf("nothing left: status %d: %s", p.status, p.text)
	}
	for _, id := range []string{w.shelf[1].ID, strings.Repeat("9", 64)} { // built in, and none
		if p := s.get("/recordings/" + id + "/trim"); p.status != http.StatusNotFound {
			t.Errorf("%.4s: status %d", id, p.status)
		}
	}
	if p := newSite(t, w, people.Viewer, "vi").get(path); p.status != http.StatusForbidden {
		t.Errorf("a viewer trims: status %d", p.status)
	}
}

// What was recorded aired nowhere because no slot had room for it, and only the
// page of the reader said so.
func TestAnnouncementSaysThatASlotHasNoRoomForTheTake(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Recorder, "vi")
	if p := s.upload(recordPage, nil, map[string]string{"file_pcc=giay.ogg": strings.Repeat("x", 40*60*1000)}); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if p := s.get("/announcements/" + meetingID); !strings.Contains(p.text, "Dài hơn chỗ còn lại") || !strings.Contains(p.text, "trong buổi chiều, 17:00, hôm nay") {
		t.Errorf("it is not said that the slot cannot hold it: %s", p.text)
	} else if !strings.Contains(p.text, "Thu lại tiếng này") || !strings.Contains(p.body, `href="`+recordPage+`"`) {
		t.Errorf("it does not lead to where it is recorded again: %s", p.text)
	}
}

// Two people record the same language: the second is told whose place they took.
func TestRecordOverWhatSomebodyElseSentMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Recorder, "vi")
	f := s.get(recordPage).fields(t)
	f.Set("by", "module")
	w.shelf = append(w.shelf, recordings.Recording{ID: strings.Repeat("7", 64), Kind: recordings.Take, Village: "un-ta", By: "Lù Thị Pằng"})
	w.notices[meetingID].Renditions[1].State, w.notices[meetingID].Renditions[1].Recording = scheduler.Ready, strings.Repeat("7", 64)
	p := s.upload(recordPage, f, map[string]string{"file_pcc=giay.ogg": "giáy"})
	if p.status != http.StatusOK || !strings.Contains(p.text, "Lù Thị Pằng cũng đã gửi một bản") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
	mine := w.notices[meetingID].Renditions[1].Recording
	if p = s.upload(recordPage, f, map[string]string{"file_pcc=giay.ogg": "giáy, lần hai"}); strings.Contains(p.text, "cũng đã gửi") {
		t.Errorf("of what they sent themselves, %.8s, it says: %s", mine, p.text)
	}
}

// The page said no more than that the take is to be recorded again, and did not
// lead to the words as they are now.
func TestRecordLeadsToWordsThatHaveChanged(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Recorder, "vi")
	f := s.get(recordPage).fields(t)
	f.Set("by", "module")
	d := w.notices[meetingID]
	d.Announcement.Text = "Họp lúc 20h."
	w.notices[meetingID] = d
	if p := s.upload(recordPage, f, map[string]string{"file_pcc=giay.ogg": "giáy"}); p.status != http.StatusOK || !strings.Contains(p.text, "Bản tin đã sửa chữ") || !strings.Contains(p.body, `href="`+recordPage+`"`) {
		t.Errorf("status %d: %s", p.status, p.body)
	}
}

// A file for a notice that takes none any more was taken in before it was refused.
func TestRecordIsRefusedBeforeItsFileIsTakenIn(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Recorder, "vi")
	d := w.notices[meetingID]
	d.Announcement.Withdrawn = w.now
	w.notices[meetingID] = d
	before := len(w.shelf)
	p := s.upload(recordPage, url.Values{"by": {"module"}}, map[string]string{"file_pcc=giay.ogg": "giáy"})
	if p.status != http.StatusConflict || len(w.shelf) != before {
		t.Errorf("status %d, and %d recordings more", p.status, len(w.shelf)-before)
	}
}

// What is recorded for another village was taken in for the board's own.
func TestRecordForAnotherVillage(t *testing.T) {
	w := newWorld(t)
	w.fill()
	d := w.notices[meetingID]
	d.Announcement.Village = "toong-gianh"
	w.notices[meetingID] = d
	if p := newSite(t, w, people.Recorder, "vi").get(recordPage); p.status != http.StatusNotFound {
		t.Errorf("who is bound to one village: status %d", p.status)
	}
	w.everywhere = true
	s := newSite(t, w, people.Recorder, "vi")
	if p := s.upload(recordPage, nil, map[string]string{"file_pcc=giay.ogg": "giáy"}); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if rec := w.shelf[len(w.shelf)-1]; rec.Village != "toong-gianh" {
		t.Errorf("it lies in the library of %q", rec.Village)
	}
	d.Announcement.Village = "no-village"
	w.notices[meetingID] = d
	if p := s.get(recordPage); p.status != http.StatusNotFound {
		t.Errorf("a village that is not there: status %d", p.status)
	}
}
