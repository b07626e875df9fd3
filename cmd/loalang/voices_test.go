package main_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/speech/enginetest/standin"
)

// rendition reads the Vietnamese rendition of an announcement.
func (d *daemon) rendition(id string) object {
	d.t.Helper()
	for _, r := range d.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK)["renditions"].([]any) {
		if r := object(r.(map[string]any)); r["language"] == "vi" {
			return r
		}
	}
	d.t.Fatalf("%s has no Vietnamese rendition", id)
	return nil
}

func (d *daemon) meters() string {
	d.t.Helper()
	resp, err := http.Get(d.url + "/metrics")
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(raw)
}

// A server that speaks is away: another voice speaks, which the log, the panel, the
// API and the meters say. It comes back, and speaks anew what has not aired and is
// not about to; each notice airs in one voice.
func TestVoiceFailsAndComesBack(t *testing.T) {
	t.Parallel()
	need(t, sound)
	address, end := standin.StartProcess(t, "http", "well", "127.0.0.1:0")
	end()
	data := boardWith(t, engineWith(fmt.Sprintf("kind = \"http\"\nurl = \"http://%s/synthesize?token=GEHEIM\"\nversion = \"1\"", address)))
	d := serve(t, data, "null", quick...).admit()
	later := d.announce(object{"title": "Tiêm phòng", "text": "Thứ bảy tiêm phòng gia súc.", "renditions": []object{{"language": "vi"}}})
	soon := d.announce(object{"title": "Họp thôn", "text": "Tối nay họp thôn.", "renditions": []object{{"language": "vi"}}})
	for _, id := range []string{later, soon} {
		if r := d.rendition(id); r["spoken_by"] != "espeak:vi" || r["instead_of"] != "piper:a" || r["state"] != "ready" {
			t.Fatalf("while its voice is away: %v", r)
		}
	}
	preview := d.call(http.MethodPost, "/speech/preview", object{"language": "vi", "text": "Xin chào"}, http.StatusOK)
	if preview["spoken_by"] != "espeak:vi" || preview["instead_of"] != "piper:a" {
		t.Errorf("preview = %v", preview)
	}
	troubles := d.call(http.MethodGet, "/speech/choices", nil, http.StatusOK)["troubles"].([]any)
	if len(troubles) != 1 || troubles[0].(map[string]any)["code"] != "unreachable" || troubles[0].(map[string]any)["instead"] != "espeak:vi" {
		t.Errorf("troubles = %v", troubles)
	}
	for _, want := range []string{`loalang_voice_silent_since_seconds{code="unreachable",voice="piper:a"}`, `loalang_voice_fallbacks_total{voice="piper:a"} 3`} {
		if got := d.meters(); !strings.Contains(got, want) {
			t.Errorf("the meters do not say %s", want)
		}
	}
	d.voicePictures(later)
	d.airAt(soon, time.Now().Add(4*time.Minute))
	if _, again := standin.StartProcess(t, "http", "well", address); again == nil {
		t.Fatal("the server does not come back")
	}
	d.until("its voice has spoken it anew", func() bool { return d.rendition(later)["spoken_by"] == "piper:a" })
	if r := d.rendition(later); r["instead_of"] != nil || r["state"] != "ready" {
		t.Errorf("spoken anew: %v", r)
	}
	if r := d.rendition(soon); r["spoken_by"] != "espeak:vi" || r["state"] != "ready" {
		t.Errorf("about to air: %v", r)
	}
	d.call(http.MethodPost, "/announcements/"+later+"/schedules", object{"kind": "now"}, http.StatusCreated)
	voices := slices.DeleteFunc(airings(d.row(later)), func(a object) bool { return a["part"] != "voice" })
	if len(voices) != 1 || voices[0]["recording"] != d.rendition(later)["recording"] {
		t.Errorf("aired: %v", voices)
	}
	d.stop()
	for _, want := range []string{"a voice does not speak", "a voice speaks instead of another", "a voice speaks again", "spoken anew by its voice"} {
		if n := strings.Count(d.log.String(), want); n < 1 || n > 3 { // once each time that it is lost: a slow machine loses it too
			t.Errorf("the log says %d times that %s", n, want)
		}
	}
	if strings.Contains(d.log.String(), "GEHEIM") {
		t.Errorf("the log holds a secret of the address: %s", d.log)
	}
}

// voicePictures keeps what the panel shows of a voice that is away, on a phone and on
// a desk, in the folder that LOALANG_PICTURES names.
func (d *daemon) voicePictures(notice string) {
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
		for name, path := range map[string]string{"today": "/", "voices": "/voices", "notice": "/announcements/" + notice} {
			b.open(d.url + path)
			b.picture(fmt.Sprintf("voice-away-%s-%d", name, width))
		}
		b.open(d.url + "/announcements/new")
		b.sheet("write")
		b.fill("#text", "Kính mời bà con họp thôn.")
		b.press("button[value=preview]")
		b.until("the preview says who speaks", "document.querySelector('#preview')?.innerText.includes('đọc thay')")
		b.picture(fmt.Sprintf("voice-away-preview-%d", width))
	}
}

// An emergency does not wait for an engine of the technician's that hangs, though a
// notice is just being spoken by it: the siren at once, the words in time. Without
// espeak-ng, where that engine is the last hope of the words, the siren sounds all
// the same.
func TestEmergencyWithAHangingEngine(t *testing.T) {
	t.Parallel()
	need(t, sound)
	hanging := engineWith("kind = \"exec\"\ncommand = [\"/bin/sleep\", \"1000\"]\ntimeout = \"10m\"")
	for name, flags := range map[string][]string{"espeak": nil, "no espeak": {"--espeak", "/nowhere/espeak-ng"}} {
		t.Run(name, func(t *testing.T) {
			d := serve(t, boardWith(t, hanging), "null", append(flags, quick...)...).admit()
			d.call(http.MethodPost, "/announcements", object{"title": "Họp", "text": "Tối nay họp thôn.", "renditions": []object{{"language": "vi"}}}, http.StatusCreated)
			time.Sleep(500 * time.Millisecond) // the notice is with the engine

			// The engine would take ten minutes.
			if took := d.sounding("Chạy ngay lên đồi."); took > 8*time.Second {
				t.Errorf("raising it took %v", took)
			}
			if flags == nil {
				d.until("the message is spoken", func() bool {
					active, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["emergencies"].([]any)
					spoken, _ := active[0].(map[string]any)["spoken"].([]any)
					return slices.Contains(spoken, any("vi"))
				})
			}
			d.stopped()
			d.wantEmergencies(1)
		})
	}
}
