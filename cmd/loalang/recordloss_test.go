package main_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	room "loalang/recordings/yardstick"
)

// reader makes an account that may only record, and signs it in.
func (b *browser) reader(d *daemon) {
	b.t.Helper()
	if _, errs, code := loalang(b.t, password+"\n", "user", "add", "Vàng Thị Mỷ", "--role", "recorder", "--village", "un-ta", "--password-stdin", "--data", d.data); code != 0 {
		b.t.Fatalf("user add: %s", errs)
	}
	b.open(d.url + "/readings")
	b.signIn("/readings")
}

// before runs a script in every page to come, before its own.
func (b *browser) before(script string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// ffmpegSound makes a WAV file out of what ffmpeg can think up.
func ffmpegSound(t *testing.T, name string, args ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name+".wav")
	if msg, err := exec.Command("ffmpeg", append(append([]string{"-v", "error"}, args...), "-ar", "48000", "-ac", "1", out)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, msg)
	}
	return out
}

// spokenWAV is a voice as a phone records it.
func spokenWAV(t *testing.T) string {
	t.Helper()
	words := filepath.Join(t.TempDir(), "words.wav")
	if _, errs, code := loalang(t, "", "say", "-o", words, "Kính thưa bà con. Hôm nay nước suối lên cao, xin bà con không cho trẻ em ra gần bờ suối."); code != 0 {
		t.Fatalf("say: %s", errs)
	}
	return ffmpegSound(t, "soft", "-i", words, "-af", "volume=-9dB,apad=pad_dur=0.7")
}

func microphoneOf(t *testing.T, wav string) *browser {
	t.Helper()
	return newBrowser(t, chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", wav))
}

const takesOf = `document.querySelectorAll("[data-takes] li").length`

// begin starts a take and waits until two seconds of it are there. Before it runs the
// clock counts down, "3", "2", "1": a take was stopped on its "1", with nothing in it.
func (b *browser) begin() {
	b.t.Helper()
	b.press("[data-start]")
	b.until("it records", `document.querySelector("[data-pause]").checkVisibility()`)
	b.until("the microphone is heard", `/^\d+:(0[2-9]|[1-5]\d)$/.test(document.querySelector("[data-clock]").innerText) && parseInt(document.querySelector("[data-meter]").getAttribute("x2")) > 40`)
}

// A call, a dark screen, a microphone that is pulled out, the ten minutes: each
// keeps what was recorded, and says what happened.
func TestRecordPageKeepsWhatACallCutsShort(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := microphoneOf(t, spokenWAV(t))
	b.before(`(() => {
		const ask = MediaDevices.prototype.getUserMedia;
		MediaDevices.prototype.getUserMedia = async function (...a) { const s = await ask.apply(this, a); window.track = s.getAudioTracks()[0]; return s; };
		const now = performance.now.bind(performance);
		window.later = 0;
		performance.now = () => now() + window.later;
	})()`)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	_, path := d.toRecord()
	b.reader(d)
	b.open(d.url + path)
	b.until("the page offers the microphone", "document.querySelector('[data-start]:enabled')?.checkVisibility()")
	why := func(words string) string {
		return fmt.Sprintf(`document.querySelector("[data-why]").innerText.includes(%q)`, words)
	}

	b.begin()
	js[bool](b, `track.dispatchEvent(new Event("mute"))`)
	b.until("a call pauses it", `document.querySelector("[data-resume]").checkVisibility() && `+why("Micro bị ngắt"))
	b.press("[data-resume]")
	b.until("it goes on", `document.querySelector("[data-pause]").checkVisibility()`)
	js[bool](b, `(Object.defineProperty(document, "hidden", { value: true, configurable: true }), document.dispatchEvent(new Event("visibilitychange")))`)
	b.until("a dark screen pauses it", `document.querySelector("[data-resume]").checkVisibility() && `+why("màn hình tắt"))
	js[bool](b, `(delete document.hidden, document.dispatchEvent(new Event("visibilitychange")))`)
	b.press("[data-resume]")
	b.until("it goes on", `document.querySelector("[data-pause]").checkVisibility()`)
	js[bool](b, `(track.stop(), track.dispatchEvent(new Event("ended")))`)
	b.until("what there is of it is kept", takesOf+` == 1 && `+why("Phần đã ghi vẫn còn"))
	b.picture("record-call-360")

	b.begin()
	js[float64](b, `window.later = 599000`)
	b.until("ten minutes end it", takesOf+` == 2 && `+why("10 phút"))
	b.until("one of two is to be chosen", `document.querySelector("[data-choose]").checkVisibility()`)
	b.screen(1280, 800)
	b.picture("record-two-1280")
	d.stop()
}

// A phone whose store never answers showed no take at all: it waited for ever.
func TestRecordPageWithoutAStore(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := microphoneOf(t, spokenWAV(t))
	b.before(`IDBFactory.prototype.open = () => ({})`)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	id, path := d.toRecord()
	b.reader(d)
	b.open(d.url + path)
	b.until("the page offers the microphone", "document.querySelector('[data-start]:enabled')?.checkVisibility()")
	b.begin()
	b.press("[data-recorder] [data-stop]")
	b.until("the take is there all the same", takesOf+" == 1")
	b.until("it is told that only the page has it", `document.querySelector("[data-kept-told]").innerText.includes("đừng đóng trang")`)
	b.picture("record-unkept-360")
	if !js[bool](b, `!dispatchEvent(new Event("beforeunload", { cancelable: true }))`) {
		t.Error("the page closes with the only copy of the take, and does not ask")
	}
	b.press("[data-send]")
	b.until("the board has it", "document.querySelector('#told audio') && !document.querySelector('#told [data-pending]')")
	if r := d.giay(id); r["state"] != "ready" {
		t.Errorf("the rendition is %v", r["state"])
	}
	if js[bool](b, `!dispatchEvent(new Event("beforeunload", { cancelable: true }))`) {
		t.Error("the page asks although the board has the take")
	}
	d.stop()
}

// slowly limits what leaves the browser, in bytes a second; 0 is no limit.
func (b *browser) slowly(rate float64) {
	b.t.Helper()
	if rate == 0 {
		rate = -1
	}
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: rate}},
		})
		return err
	}))
}

// A take that was recorded while another was on its way was deleted with it; and a
// line that stays slow, a board that starts anew, a sign-in that ends and a notice
// that is withdrawn lose nothing, and say what to do.
func TestRecordPageLosesNothingOnTheWay(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := microphoneOf(t, spokenWAV(t))
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	id, path := d.toRecord()
	b.reader(d)
	b.open(d.url + path)
	b.until("the page offers the microphone", "document.querySelector('[data-start]:enabled')?.checkVisibility()")
	big := ffmpegSound(t, "dai", "-stream_loop", "8", "-i", spokenWAV(t)) // some megabytes
	b.attach("[data-form] input[type=file]:not([capture])", big)
	b.until("the file is a take", takesOf+" == 1")

	b.slowly(150_000)
	b.press("[data-send]")
	b.until("it goes slowly", `/Đang gửi [1-9]\d? %/.test(document.querySelector("[data-takes] [data-told]").innerText)`)
	b.signedOut()
	b.begin()
	b.press("[data-recorder] [data-stop]")
	b.until("another is recorded meanwhile", takesOf+" == 2")
	b.picture("record-sending-360")
	b.slowly(0)
	b.until("whoever is signed out is told", `[...document.querySelectorAll("[data-takes] [data-told]")].some((p) => p.innerText.includes("đăng nhập"))`)
	b.picture("record-signed-out-360")
	if r := d.giay(id); r["state"] != "missing" {
		t.Errorf("half a file became a rendition: %v", r)
	}
	js[bool](b, fmt.Sprintf(`(fetch("/sign-in", { method: "POST", body: new URLSearchParams({ name: "Vàng Thị Mỷ", password: %q }) }).then(() => dispatchEvent(new Event("focus"))), true)`, password))
	b.until("signed in elsewhere, it goes on where it was", "document.querySelector('#told [data-recording]')")
	if n := js[float64](b, takesOf); n != 1 {
		t.Errorf("the phone has %v takes, of which one was recorded while the other was sent", n)
	}

	first := d.giay(id)["recording"]
	b.press("[data-send]")
	b.until("the second goes as well", fmt.Sprintf(`document.querySelector("#told [data-recording]")?.dataset.recording != %q`, first))
	b.until("the phone keeps nothing of it", takesOf+" == 0")

	b.attach("[data-form] input[type=file]:not([capture])", big)
	b.until("the file is a take again", takesOf+" == 1")
	d.call(http.MethodPost, "/announcements/"+id+"/withdraw", nil, http.StatusOK)
	b.press("[data-send]")
	b.until("it is told that the notice is withdrawn", `document.querySelector("[data-takes] [data-told]").innerText.includes("rút lại")`)
	b.picture("record-withdrawn-360")
	d.stop()
}

// echoing is a voice in a bare room.
func echoing(t *testing.T) string {
	t.Helper()
	clean, err := room.Speech(context.Background(), room.Readings()[0])
	if err != nil {
		t.Fatal(err)
	}
	bads := room.Bads()
	i := slices.IndexFunc(bads, func(b room.Bad) bool { return b.Name == "reverb" })
	file := filepath.Join(t.TempDir(), "room.wav")
	if err := os.WriteFile(file, room.WAV(bads[i].Spoil(clean, room.Rate), room.Rate), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Each fault of a take is said on the phone before it is sent, an echo by the board,
// in words that say what to do. Of a silent take it said that it was faint and noisy.
func TestRecordPageSaysWhatIsWrongWithATake(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	_, path := d.toRecord()
	b.reader(d)
	voice := spokenWAV(t)
	tests := []struct {
		name, phone, board string
		args               []string
	}{
		{"good", "Nghe rõ", "", []string{"-i", voice}},
		{"silent", "không có tiếng", "không có tiếng", []string{"-f", "lavfi", "-i", "anullsrc=r=48000", "-t", "5"}},
		{"quiet", "Tiếng nhỏ", "Tiếng nhỏ", []string{"-i", voice, "-af", "volume=-38dB"}},
		{"clipped", "Tiếng bị vỡ", "Tiếng bị vỡ", []string{"-i", voice, "-af", "volume=24dB"}},
		{"noisy", "nhiều tiếng ồn", "nhiều tiếng ồn", []string{"-i", voice, "-f", "lavfi", "-i", "anoisesrc=color=pink:amplitude=0.25:r=48000", "-filter_complex", "amix=2:duration=first:normalize=0"}},
		{"pause", "im lặng dài", "im lặng dài", []string{"-i", voice, "-i", voice, "-filter_complex", "[0]apad=pad_dur=9[a];[a][1]concat=n=2:v=0:a=1"}},
		{"echo", "", "Tiếng bị vang", []string{"-i", echoing(t)}},
	}
	for _, tt := range tests {
		file := tt.args[1]
		if tt.name != "echo" {
			file = ffmpegSound(t, tt.name, tt.args...)
		}
		b.open(d.url + path)
		b.until("the page is awake", "document.documentElement.className == 'js'")
		time.Sleep(300 * time.Millisecond)
		b.attach("[data-form] input[type=file]:not([capture])", file)
		b.until(tt.name+" is judged", `document.querySelector("[data-judged]")?.innerText.length > 3`)
		if said := b.text("[data-judged]"); !strings.Contains(said, tt.phone) {
			t.Errorf("%s: the phone says %q", tt.name, said)
		}
		if tt.name == "silent" || tt.name == "clipped" {
			b.picture("record-" + tt.name + "-360")
		}
		before := js[string](b, `document.querySelector("#told [data-recording]")?.dataset.recording ?? ""`)
		b.press("[data-send]")
		b.until(tt.name+" is answered", fmt.Sprintf(`document.querySelector("[data-takes] [data-told]")?.innerText.includes("Bản thu") || (document.querySelector("#told [data-recording]")?.dataset.recording ?? "") != %q`, before))
		said := b.text("#told") + b.text("[data-takes] [data-told]")
		if tt.board != "" && !strings.Contains(said, tt.board) || tt.board == "" && strings.Contains(said, "Nên ") {
			t.Errorf("%s: the board says %q", tt.name, said)
		}
		js[bool](b, `(document.querySelector("[data-drop]")?.click(), true)`)
	}
	d.stop()
}
