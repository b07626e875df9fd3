package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"loalang/recordings"
)

func TestUploadIsTrimmed(t *testing.T) {
	tests := []struct {
		name     string
		from, to string
		status   int
		want     recordings.Trim
	}{
		{"OK", "1.5", "20", http.StatusCreated, recordings.Trim{From: 1500 * time.Millisecond, To: 20 * time.Second}},
		{"to the end", "0.25", "", http.StatusCreated, recordings.Trim{From: 250 * time.Millisecond}},
		{"no number", "1s", "", http.StatusUnprocessableEntity, recordings.Trim{}},
		{"before the beginning", "-1", "", http.StatusUnprocessableEntity, recordings.Trim{}},
		{"no end", "1", "Inf", http.StatusUnprocessableEntity, recordings.Trim{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, i := newImporter(t)
			a := h.parcel("recorder", field{name: "cut_from", content: tt.from}, field{name: "cut_to", content: tt.to}, field{"file", "giay.ogg", "giáy"})
			a.want(tt.status)
			if i.about.Trim != tt.want {
				t.Errorf("trimmed to %+v", i.about.Trim)
			}
		})
	}
}

func TestTrimARecordingAnew(t *testing.T) {
	h := newHouse(t)
	h.fill()
	path := "/api/v1/recordings/" + soundID + "/trim"
	var r struct{ ID string }
	h.call("recorder", "POST", path, `{"from":1.5,"to":20}`).want(http.StatusCreated).into(&r)
	rec, err := h.w.Recording(t.Context(), r.ID)
	if want := (recordings.Trim{From: 1500 * time.Millisecond, To: 20 * time.Second}); err != nil || r.ID == soundID || rec.Trim != want {
		t.Errorf("it became %+v, %v", rec, err)
	}
	h.call("recorder", "POST", path, `{"from":-1}`).want(http.StatusUnprocessableEntity)
	h.w.refuse = recordings.Refused{Code: recordings.BadTrim}
	if a := h.call("recorder", "POST", path, `{"from":26}`).want(http.StatusUnprocessableEntity); !strings.Contains(a.faults(), "trim") {
		t.Errorf("it answers %s", a.faults())
	}
	h.w.refuse = nil
	h.call("recorder", "POST", "/api/v1/recordings/"+strings.Repeat("9", 64)+"/trim", `{"from":1}`).want(http.StatusNotFound)
}
