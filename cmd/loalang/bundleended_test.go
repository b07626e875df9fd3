package main_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// taking takes bundles in at a board and looks at one notice.
type taking struct {
	*daemon
	id string
}

// take takes a bundle in, after a rehearsal that must say the same, and holds what it says.
func (k taking) take(stick, want string) {
	k.t.Helper()
	for _, more := range [][]string{{"--dry-run"}, nil} {
		out := succeed(k.t, append([]string{"bundle", "import", stick, "--data", k.data}, more...)...)
		if want == "" && out != "" || !strings.HasPrefix(out, want) {
			k.t.Errorf("import %v said %q, want %q", more, out, want)
		}
	}
}

// schedules counts those of the notice.
func (k taking) schedules() int {
	k.t.Helper()
	list, _ := k.notice()["schedules"].([]any)
	return len(list)
}

func (k taking) notice() object {
	k.t.Helper()
	return k.call(http.MethodGet, "/announcements/"+k.id, nil, http.StatusOK)
}

// A notice that was withdrawn on the board which had sent it, or a time that was taken out
// there, went on airing on the board that had it by a bundle.
func TestWhatEndedOnTheOtherBoardEndsHere(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	k := taking{serve(t, data, "null", quick...).admit(), uuid.NewString()}
	o := trustedBoard(t, data)
	now := time.Now().UTC().Truncate(time.Second)
	two := foreignNotice(k.id, "Họp lúc bảy giờ.", now.Add(time.Hour))
	late := two.Schedules[0]
	late.ID, late.At = k.id+"-t", now.Add(2*time.Hour)
	one := two
	two.Schedules = append(two.Schedules[:1:1], late)
	ended := func(made time.Duration, how object) string {
		how["id"] = k.id
		return o.carrying(now.Add(made), object{"ended": []object{how}})
	}
	k.take(o.bundle(now.Add(-9*time.Hour), two), "new\tBán đất\t\n\tairs at ")
	k.take(o.bundle(now.Add(-8*time.Hour), one), "change\tBán đất\t\n\tairs at "+now.Add(time.Hour).Local().Format("2006-01-02 15:04")+"\n\tno more at ")
	if n := k.schedules(); n != 1 {
		t.Errorf("%d schedules after one was taken out", n)
	}
	k.take(o.bundle(now.Add(-7*time.Hour), two), "change\tBán đất")
	if n := k.schedules(); n != 2 {
		t.Errorf("%d schedules after it came back", n)
	}
	k.take(ended(-8*time.Hour, object{"withdrawn": now}), "keep\tBán đất\twhat is here came with a newer bundle")
	k.take(ended(-6*time.Hour, object{"withdrawn": now.Add(-7 * time.Hour)}), "withdraw\tBán đất\t\n\tno more at ")
	if k.notice()["withdrawn"] == nil {
		t.Error("it is not withdrawn")
	}
	k.take(ended(-5*time.Hour, object{"withdrawn": now.Add(-7 * time.Hour)}), "")
	k.take(o.bundle(now.Add(-4*time.Hour), two), "change\tBán đất")
	if k.notice()["withdrawn"] != nil {
		t.Error("what goes on there stays withdrawn")
	}
	k.take(ended(-3*time.Hour, object{"until": now.Add(-4 * time.Hour)}), "withdraw\tBán đất\tits validity is over there")
	if k.notice()["valid_until"] == nil {
		t.Error("it is valid without end")
	}
	k.take(o.bundle(now.Add(-2*time.Hour), two), "change\tBán đất")
	k.call(http.MethodPatch, "/announcements/"+k.id, object{"text": "Họp lúc tám giờ."}, http.StatusOK)
	k.take(ended(-time.Hour, object{"withdrawn": now}), "keep\tBán đất\tit was edited here")
	if k.notice()["withdrawn"] != nil {
		t.Error("what was edited here was withdrawn by a bundle")
	}
}

// To approve a notice of a bundle counted as an edit: no later bundle changed it any more.
func TestAnApprovedNoticeOfABundleStillFollowsIt(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	k := taking{serve(t, data, "null", quick...).admit(), uuid.NewString()}
	o := trustedBoard(t, data)
	now := time.Now().UTC().Truncate(time.Second)
	k.take(o.bundle(now.Add(-2*time.Hour), foreignNotice(k.id, "Họp lúc bảy giờ.", now.Add(time.Hour))), "new\tBán đất")
	k.call(http.MethodPost, "/announcements/"+k.id+"/approval", object{"act": "approve"}, http.StatusOK)
	k.take(o.bundle(now.Add(-time.Hour), foreignNotice(k.id, "Họp lúc tám giờ.", now.Add(time.Hour))), "change\tBán đất")
	if got := k.notice(); got["text"] != "Họp lúc tám giờ." || got["approval"] != nil {
		t.Errorf("it came as %v", got)
	}
}

// A bundle that a board makes tells what was withdrawn there.
func TestABundleTellsWhatWasWithdrawn(t *testing.T) {
	t.Parallel()
	here, there, stick := serve(t, t.TempDir(), "null", quick...).admit(), t.TempDir(), filepath.Join(t.TempDir(), "bundle")
	id := here.announce(object{"title": "Mời họp thôn", "text": "Kính mời bà con đi họp."})
	here.airAt(id, time.Now().Add(time.Hour))
	k := taking{serve(t, there, "null", quick...).admit(), id}
	succeed(t, "bundle", "trust", fingerprint.FindString(succeed(t, "bundle", "export", stick, "--data", here.data)), "--name", "xã", "--data", there)
	k.take(stick, "new\tMời họp thôn")
	here.call(http.MethodPost, "/announcements/"+id+"/withdraw", nil, http.StatusOK)
	succeed(t, "bundle", "export", stick, "--data", here.data)
	k.take(stick, "withdraw\tMời họp thôn")
	k.until("its plan has it no more", func() bool {
		plan := k.call(http.MethodGet, "/plan", nil, http.StatusOK)
		list, _ := plan["occurrences"].([]any)
		return len(list) == 0
	})
}

// A notice whose validity ended while the stick was carried refused the whole bundle, and with it
// all that still was to air.
func TestANoticeThatEndsOnTheWayStopsNoBundle(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	k := taking{serve(t, data, "null", quick...).admit(), uuid.NewString()}
	o := trustedBoard(t, data)
	now := time.Now().UTC().Truncate(time.Second)
	over := foreignNotice(uuid.NewString(), "Họp tối qua.", now.Add(-20*time.Hour))
	over.Announcement.ValidUntil = now.Add(-10 * time.Hour)
	living := foreignNotice(k.id, "Họp lúc bảy giờ.", now.Add(time.Hour))
	k.take(o.bundle(now.Add(-48*time.Hour), over, living), "new\tBán đất\t\n\tairs at ")
	if n := k.schedules(); n != 1 {
		t.Errorf("%d schedules of what may air still", n)
	}
	k.call(http.MethodGet, "/announcements/"+over.Announcement.ID, nil, http.StatusNotFound)
	living.Announcement.ValidUntil = now.Add(-time.Hour) // shortened there, and over on the way
	k.take(o.bundle(now.Add(-24*time.Hour), living), "withdraw\tBán đất\tits validity is over there")
	if k.notice()["valid_until"] == nil {
		t.Error("what came with the bundle before is valid without end")
	}
}
