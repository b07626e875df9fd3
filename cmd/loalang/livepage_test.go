package main_test

import (
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"loalang/playout"
)

// A village cadre speaks from a phone: the page asks for the microphone, waits for
// the chime, shows what the board hears, gives more time once, and ends.
func TestLivePageInABrowser(t *testing.T) {
	t.Parallel()
	need(t, sound)
	words := filepath.Join(t.TempDir(), "words.wav")
	if _, errs, code := loalang(t, "", "say", "-o", words, "Kính thưa bà con. Hôm nay nước suối lên cao, xin bà con không cho trẻ em ra gần bờ suối."); code != 0 {
		t.Fatalf("say: %s", errs)
	}
	b := newBrowser(t,
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", words),
		chromedp.Flag("host-resolver-rules", "MAP loa.example 127.0.0.1, EXCLUDE localhost, EXCLUDE 127.0.0.1, MAP * ~NOTFOUND"))
	tapeName := filepath.Join(t.TempDir(), "air.wav")
	d := serve(t, t.TempDir(), "file:"+tapeName, quick...)
	b.open(d.setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()

	b.press(`a[href="/live"]`)
	b.until("the page offers the microphone", "document.querySelector('[data-start]')?.offsetParent")
	b.picture("live-360")
	b.press("[data-start]")
	stage := func(words string) string {
		return `document.querySelector("[data-stage]").innerText.includes("` + words + `")`
	}
	b.until("the chime sounds", stage("Đang phát chuông")+" || "+stage("Bà con đang nghe")) // it is short
	b.picture("live-chime-360")
	b.until("the village hears it", stage("Bà con đang nghe"))
	b.until("the level moves", `parseInt(document.querySelector("[data-during] [data-meter]").getAttribute("x2")) > 40`)
	b.picture("live-on-360")
	b.press("[data-extend]")
	b.until("there is more time, once", `document.querySelector("[data-extend]").hidden && parseInt(document.querySelector("[data-left]").innerText) >= 9`)
	time.Sleep(3 * time.Second)
	b.press("[data-stop]")
	b.until("it says why it ended", `document.querySelector("[data-done]").innerText.includes("Người nói bấm kết thúc")`)
	b.picture("live-ended-360")

	b.open(strings.Replace(d.url, "127.0.0.1", "loa.example", 1) + "/live")
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.until("plain http is told clearly", `document.querySelector("[data-unable]")?.innerText.includes("https")`)
	if js[bool](b, `document.querySelector("[data-start]").checkVisibility()`) {
		t.Error("a microphone is offered that the browser does not give")
	}
	b.picture("live-http-360")
	d.stop()

	heard := 0
	for _, v := range readTape(t, tapeName).frames {
		if abs(v) > 2000 {
			heard++
		}
	}
	if heard < 48000/2 {
		t.Errorf("of the words only %d loud frames left the card", heard)
	}
}

// flaky is a way to the board that stops at will, as a Wi-Fi does: nothing is lost,
// and nothing comes.
type flaky struct {
	net.Listener
	mu sync.Mutex // held while nothing gets through
}

func newFlaky(t *testing.T, to string) *flaky {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &flaky{Listener: l}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", strings.TrimPrefix(to, "http://"))
			if err != nil {
				_ = in.Close()
				continue
			}
			go f.pass(in, out)
			go f.pass(out, in)
		}
	}()
	return f
}

func (f *flaky) pass(from, to net.Conn) {
	defer func() { _ = to.Close() }()
	raw := make([]byte, 4096)
	for {
		n, err := from.Read(raw)
		f.mu.Lock()
		f.mu.Unlock() //nolint:staticcheck // it only waits
		if n > 0 {
			if _, werr := to.Write(raw[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// stops lets nothing through until goesOn.
func (f *flaky) stops()  { f.mu.Lock() }
func (f *flaky) goesOn() { f.mu.Unlock() }

// The page said that the village listens while the line was gone, for as long as
// the browser did not notice.
func TestLivePageOverALineThatStops(t *testing.T) {
	need(t, sound)
	words := filepath.Join(t.TempDir(), "words.wav")
	if _, errs, code := loalang(t, "", "say", "-o", words, "Kính thưa bà con. Hôm nay nước suối lên cao, xin bà con không cho trẻ em ra gần bờ suối."); code != 0 {
		t.Fatalf("say: %s", errs)
	}
	b := newBrowser(t,
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-file-for-fake-audio-capture", words))
	tapeName := filepath.Join(t.TempDir(), "air.wav")
	d := serve(t, t.TempDir(), "file:"+tapeName, quick...).admit()
	way := newFlaky(t, d.url)
	b.open(strings.Replace(d.setup, d.url, "http://"+way.Addr().String(), 1))
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()
	b.screen(1280, 800)
	b.press(`a[href="/live"]`)
	b.until("the page offers the microphone", "document.querySelector('[data-start]')?.offsetParent")
	b.press("[data-start]")
	stage := func(words string) string {
		return `document.querySelector("[data-stage]").innerText.includes("` + words + `")`
	}
	const over = `document.querySelector("[data-why]").innerText.includes("Mất kết nối")`
	// The page tells after 1.5 s, the board waits for 3 s: on a busy machine both may be over.
	for tries := 1; ; tries++ {
		b.until("the village hears it", stage("Bà con đang nghe"))
		time.Sleep(2 * time.Second)
		way.stops()
		b.until("it is told that the line is lost", stage("Mất kết nối"))
		b.picture("live-lost-1280")
		way.goesOn()
		b.until("the village hears it again, or it is over", stage("Bà con đang nghe")+" || "+over)
		if !js[bool](b, over) {
			break
		}
		if tries == 3 {
			t.Fatal("the talk never outlasted the line that stopped")
		}
		b.press("[data-start]")
	}
	time.Sleep(3 * time.Second)
	again := time.Now()
	way.stops()
	b.until("it is told that it is over", over)
	way.goesOn()
	b.picture("live-broken-1280")
	if row := d.liveRow("cut"); row["cause"] != playout.EndLink {
		t.Errorf("the as-run has %v", row)
	}
	d.stop()
	tp := readTape(t, tapeName)
	if l := meanSquare(tp.between(again.Add(-2500*time.Millisecond), again)); l < 1e-4 {
		t.Errorf("after the line came back the voice has a power of %v", l)
	}
}
