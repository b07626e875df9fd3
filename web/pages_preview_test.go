package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/people"
	"loalang/web"
)

func TestPagePreview(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	f := notice("do", "preview", "text", "UBND xã mời họp lúc 19h nhé.\n\nXin hỏi XKZ & <b>.")
	for name, p := range map[string]page{"without a script": s.upload("/announcements/new", f, nil), "fragment": s.post("/announcements/preview", f)} {
		t.Run(name, func(t *testing.T) {
			if p.status != http.StatusOK || len(w.order) > 0 {
				t.Fatalf("status %d", p.status)
			}
			for _, want := range []string{
				"<b>UBND</b> xã mời họp lúc <b>19h</b> nhé.</p>\n<p class=\"say long\"><mark>Ủy ban nhân dân</mark> xã mời họp lúc <mark>mười chín giờ</mark> nhé.</p>", "<td>19h</td><td>mười chín giờ</td>",
				"Máy đã đổi 4 chỗ", "/audio\"", "Dài 0:34", "Xin hỏi <b>XKZ</b> <b>&amp;</b> &lt;b&gt;.",
				"Xin xem lại 1 chỗ máy chưa chắc", "<li><b>XKZ</b> → <mark class=\"unsure\">ích ca dét</mark> <a href=\"/words/new?written=XKZ\" target=\"_blank\">Dạy máy đọc “XKZ”</a></li></ul><p class=\"n\">Máy không biết nên đánh vần từng chữ.", "Xin hỏi <mark class=\"unsure\">ích ca dét</mark> <mark>và</mark>",
			} {
				if !strings.Contains(p.body, want) {
					t.Errorf("%q is missing in %s", want, p.body)
				}
			}
		})
	}
}

// A notice of ten minutes took a minute to be shown, and then with a sentence about
// the database: what will be said is there before it is spoken.
func TestPreviewShowsTheWordsBeforeTheSound(t *testing.T) {
	w := newWorld(t)
	w.mute = fmt.Errorf("stopped: %w", context.DeadlineExceeded)
	s := newSite(t, w, people.Cadre, "vi")
	words := s.post("/announcements/preview", url.Values{"text": {"UBND mời."}, "part": {"words"}})
	if words.status != http.StatusOK || !strings.Contains(words.body, "<mark>Ủy ban nhân dân</mark>") || !strings.Contains(words.body, "<div data-sound><p class=\"n\">Đang đọc thử…") {
		t.Errorf("%d %s", words.status, words.body)
	}
	w.mute = nil
	sound := s.post("/announcements/preview", url.Values{"text": {"UBND mời."}, "part": {"sound"}})
	if !strings.Contains(sound.body, "<audio") || strings.Contains(sound.body, "UBND") {
		t.Errorf("%s", sound.body)
	}
	if p := s.post("/announcements/preview", url.Values{"text": {" "}, "part": {"words"}}); strings.Contains(p.body, "Đang đọc thử") || !strings.Contains(p.text, "Không có chữ nào") {
		t.Errorf("%s", p.body)
	}
}

// A voice that is not done in time is no database that cannot be opened.
func TestPreviewThatIsTooSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		killed := errors.New("signal: killed")
		if web.TooSlow(ctx, killed) {
			t.Error("before its time")
		}
		time.Sleep(2 * time.Minute)
		if !web.TooSlow(ctx, killed) || web.TooSlow(ctx, nil) {
			t.Error("after its time")
		}
	})
}

// A village that hears Giáy first writes in Vietnamese all the same: the preview was
// not read, and said that no voice speaks Giáy.
func TestPreviewIsInVietnameseWhateverIsHeardFirst(t *testing.T) {
	w := newWorld(t)
	w.village.Languages = []string{"pcc", "vi"}
	p := newSite(t, w, people.Cadre, "vi").post("/announcements/preview", url.Values{"text": {"UBND mời."}})
	if !strings.Contains(p.body, "<mark>Ủy ban nhân dân</mark> mời.") || !strings.Contains(p.body, "<audio") {
		t.Errorf("%s", p.body)
	}
}

func TestPagePreviewFaults(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", " \n ", "Không có chữ nào để đọc."},
		{"100 KB", strings.Repeat("bà con ", 15000), "Nhiều nhất 20000 ký tự"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newSite(t, newWorld(t), people.Cadre, "vi").post("/announcements/preview", url.Values{"text": {tt.text}})
			if !strings.Contains(p.text, tt.want) || strings.Contains(p.body, "<audio") {
				t.Errorf("%q is not in %s", tt.want, p.text)
			}
		})
	}
	t.Run("no engine", func(t *testing.T) {
		w := newWorld(t)
		w.noEngine = true
		p := newSite(t, w, people.Cadre, "vi").post("/announcements/preview", url.Values{"text": {"UBND mời."}})
		if !strings.Contains(p.text, "Ủy ban nhân dân") || !strings.Contains(p.text, "apt-get install espeak-ng") {
			t.Errorf("got %s", p.text)
		}
	})
}

// What is already saved can be seen as it is read, with its doubts; where that is
// not what the rules make of it now, the very words are shown, and one press has it
// read as by now: after a change of the rules nobody could tell before.
func TestSavedNoticeShowsHowItIsRead(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	s.upload("/announcements/new", notice("text", "UBND mời họp 19h ở XKZ."), nil)
	d := saved(t, w)
	path := "/announcements/" + d.Announcement.ID
	p := s.get(path)
	for _, want := range []string{"Xem máy đọc thế nào (1 chỗ chưa chắc)", "<mark>Ủy ban nhân dân</mark> mời họp <mark>mười chín giờ</mark>", `<mark class="unsure">ích ca dét</mark>`, `href="/words/new?written=XKZ"`} {
		if !strings.Contains(p.body, want) {
			t.Errorf("%q is missing in %s", want, p.body)
		}
	}
	if strings.Contains(p.text, "Đọc lại theo cách của máy bây giờ") {
		t.Error("it is read as by now, and that is offered")
	}
	d.Renditions[0].SpokenText = "Xã mời họp <b>."
	w.notices[d.Announcement.ID] = d
	p = s.get(path)
	if !strings.Contains(p.body, "Xã mời họp &lt;b&gt;.") || !strings.Contains(p.text, "Đọc lại theo cách của máy bây giờ") || strings.Contains(p.body, "<mark>") {
		t.Errorf("%s", p.body)
	}
	if p := s.post(path+"/voice", url.Values{"language": {"vi"}}); p.location != path+"?told=voice" {
		t.Errorf("%d %s", p.status, p.location)
	}
	if r := saved(t, w).Renditions[0]; r.SpokenText != "Ủy ban nhân dân mời họp mười chín giờ ở ích ca dét." {
		t.Errorf("%q", r.SpokenText)
	}
}
