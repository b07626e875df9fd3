package scheduler_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

func TestToldIsWhatPeopleMayRead(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	pin := &scheduler.Pin{At: at, Title: "tên đã duyệt", Text: "đã duyệt"}
	for _, c := range []struct {
		name   string
		of     scheduler.Announcement
		want   string
		public bool
	}{
		{"OK nobody approves", scheduler.Announcement{Text: "lời"}, "lời", true},
		{"approved", scheduler.Announcement{Text: "đã duyệt", Approval: scheduler.Approval{State: scheduler.Approved, Pin: pin}}, "đã duyệt", true},
		{"changed since it was approved", scheduler.Announcement{Text: "mới", Approval: scheduler.Approval{State: scheduler.Submitted, Pin: pin}}, "đã duyệt", true},
		{"aired first", scheduler.Announcement{Text: "gấp", Approval: scheduler.Approval{State: scheduler.Urgent}}, "gấp", true},
		{"draft", scheduler.Announcement{Text: "nháp", Approval: scheduler.Approval{State: scheduler.Draft}}, "", false},
		{"waits", scheduler.Announcement{Text: "chờ", Approval: scheduler.Approval{State: scheduler.Submitted}}, "", false},
		{"sent back", scheduler.Announcement{Text: "trả", Approval: scheduler.Approval{State: scheduler.Returned, Pin: pin}}, "", false},
		{"recalled and changed", scheduler.Announcement{Text: "trả", Approval: scheduler.Approval{State: scheduler.Submitted, Pin: pin.Recalled()}}, "", false},
		{"withdrawn", scheduler.Announcement{Text: "lời", Withdrawn: at}, "", false},
		{"deleted", scheduler.Announcement{Text: "lời", Owned: scheduler.Owned{Deleted: at}}, "", false},
		{"for the loudspeakers alone", scheduler.Announcement{Text: "lời", SpeakerOnly: true}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.of.Title = "tên vừa sửa" // after whatever was approved
			title, text, public := c.of.Told()
			if text != c.want || public != c.public {
				t.Errorf("%q, %v; want %q, %v", text, public, c.want, c.public)
			}
			if public && (title == "tên đã duyệt") != (text == "đã duyệt") {
				t.Errorf("the title is %q", title)
			}
		})
	}
}

func TestPublicityIsChecked(t *testing.T) {
	v := scheduler.Village{Key: "un-ta", Name: "Ún Tà", Zone: "Asia/Ho_Chi_Minh", Languages: []string{"vi"}}
	for _, good := range []scheduler.Publicity{{}, {Board: scheduler.BoardOn, Address: "http://loa.internal:8080"}, {Board: scheduler.BoardOff, Indexed: true, Address: "https://xn--ln-jia.vn/"}} {
		if v.Publicity = good; v.Validate() != nil {
			t.Errorf("%+v: %v", good, v.Validate())
		}
	}
	for _, bad := range []scheduler.Publicity{{Board: "yes"}, {Address: "loa.internal"}, {Address: "javascript:alert(1)"}, {Address: "http://a:b@c"}, {Address: "http://" + strings.Repeat("a", 200)}} {
		var faults scheduler.Invalid
		if v.Publicity = bad; !errors.As(v.Validate(), &faults) || len(faults) != 1 {
			t.Errorf("%+v: %v", bad, v.Validate())
		}
	}
}
