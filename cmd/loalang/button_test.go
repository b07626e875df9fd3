package main_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
)

// knob is a panic button that a test presses: a named pipe.
type knob struct {
	t    testing.TB
	path string
	pipe *os.File
}

func newKnob(t testing.TB) *knob {
	t.Helper()
	k := &knob{t: t, path: filepath.Join(t.TempDir(), "button")}
	if err := unix.Mkfifo(k.path, 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if k.pipe, err = os.OpenFile(k.path, os.O_RDWR, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.pipe.Close() })
	return k
}

// set writes levels one behind the other: "1" is down, "0" is up.
func (k *knob) set(levels string) {
	k.t.Helper()
	if _, err := k.pipe.WriteString(levels); err != nil {
		k.t.Fatal(err)
	}
}

// A press raises the prepared message with the database damaged and nobody at the panel,
// once, in the name of the button; a second long one ends it.
func TestButtonRaisesWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data, k := t.TempDir(), newKnob(t)
	wired := append(slices.Clone(quick), "--button", "pipe:"+k.path, "--button-hold", "0s", "--button-long", "2s")
	d := serve(t, data, "null", wired...).admit()
	token := d.token
	form := filepath.Join(t.TempDir(), "message.json")
	write(t, form, []byte(`{"topic":"danger","name":"Lũ về","title":"Lũ về bản dưới","text":"Bà con chạy lên đồi ngay."}`))
	out, errs, code := loalang(t, "", "prepared", "put", form, "--data", data)
	if code != 0 {
		t.Fatal(errs)
	}
	message := strings.Fields(out)[1]
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{2, "message", []string{"--message", "nobody"}},
		{2, "zones", []string{"--zone", "Chợ"}},
		{2, "life", []string{"--life", "1s"}},
		{0, "deed\tmessage", []string{"--message", message, "--second", "stop"}},
	} {
		if out, errs, code := loalang(t, "", append([]string{"button", "set", "--data", data}, c.args...)...); code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("button set %q = %d: %s%s", c.args, code, out, errs)
		}
	}
	d.stop()
	database := filepath.Join(data, "loalang.db")
	whole, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	for i := 100; i < len(whole); i += 7 {
		whole[i] ^= 0xa5
	}
	write(t, database, whole)

	d = start(t, data, "null", wired...)
	d.token = token
	k.set("1010101") // it bounces, and is held
	d.until("the siren sounds", func() bool { return spooled(t, data, "emergency", "") })
	active := func() []any {
		all, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["emergencies"].([]any)
		return all
	}
	if all := active(); len(all) != 1 || all[0].(map[string]any)["title"] != "Lũ về bản dưới" || all[0].(map[string]any)["raised_by"] != "nút khẩn cấp" {
		t.Fatalf("active: %v", all)
	}
	d.until("its words are spoken", func() bool {
		spoken, _ := active()[0].(map[string]any)["spoken"].([]any)
		return slices.Contains(spoken, any("vi"))
	})
	time.Sleep(2500 * time.Millisecond) // held for long: the press that raised ends nothing
	if len(active()) != 1 {
		t.Error("the press that raised it has ended it")
	}
	k.set("0")
	time.Sleep(1500 * time.Millisecond)
	k.set("1")
	d.until("a second long press ends it", func() bool { return len(active()) == 0 })
	d.until("its row says who ended it", func() bool { return spooled(t, data, "emergency", "stopped") })
	d.stop()
}

// A power cut that left zeros in the database and in every file of its standby ended each start,
// and the button raised nothing.
func TestButtonRaisesWithoutTheDatabaseAndItsStandby(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data, k := t.TempDir(), newKnob(t)
	wired := append(slices.Clone(quick), "--button", "pipe:"+k.path, "--button-hold", "0s")
	serve(t, data, "null", wired...).admit().stop()
	lost, err := filepath.Glob(filepath.Join(data, "standby", "*"))
	if err != nil || len(lost) < 2 {
		t.Fatalf("standby: %q, %v", lost, err)
	}
	for _, path := range append(lost, filepath.Join(data, "loalang.db")) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, append(make([]byte, min(4096, len(raw))), raw[min(4096, len(raw)):]...))
	}
	d := start(t, data, "null", wired...)
	k.set("1")
	d.until("the siren sounds", func() bool { return spooled(t, data, "emergency", "") })
	k.set("0")
	d.until("the board says what is wrong", func() bool {
		resp, err := http.Get(d.url + "/readyz")
		if err != nil {
			return false
		}
		raw, err := io.ReadAll(resp.Body)
		return errors.Join(err, resp.Body.Close()) == nil && strings.Contains(string(raw), "database-damaged")
	})
	d.stop()
}

// A button that a command made do nothing left no trace, and the board went on saying that
// it is ready.
func TestButtonThatDoesNothingIsNoted(t *testing.T) {
	t.Parallel()
	data, k := t.TempDir(), newKnob(t)
	d := serve(t, data, "null", append(slices.Clone(quick), "--button", "pipe:"+k.path)...).admit()
	health := func() any {
		for _, f := range d.call(http.MethodGet, "/health", nil, http.StatusOK)["findings"].([]any) {
			if f := f.(map[string]any); f["part"] == "button" {
				return f["code"]
			}
		}
		return nil
	}
	d.until("the button is ready", func() bool { return health() == "button-good" })
	if out, errs, code := loalang(t, "", "button", "set", "--deed", "nothing", "--data", data); code != 0 || errs != "" || !strings.Contains(out, "deed\tnothing") {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	list := d.call(http.MethodGet, "/history?kind=button", nil, http.StatusOK)["changes"].([]any)
	if len(list) != 1 {
		t.Fatalf("the history has %v", list)
	}
	change := list[0].(map[string]any)
	if fields := change["fields"].([]any); change["way"] != "cli" || len(fields) != 1 || fields[0].(map[string]any)["before"] != "siren" || fields[0].(map[string]any)["after"] != "nothing" {
		t.Errorf("the history has %v", change)
	}
	d.until("the board warns", func() bool { return health() == "button-nothing" })
	d.call(http.MethodPut, "/sound/button", object{"deed": "siren"}, http.StatusOK)
	d.until("that is noted too", func() bool {
		return len(d.call(http.MethodGet, "/history?kind=button", nil, http.StatusOK)["changes"].([]any)) == 2
	})
	d.stop()
}

func TestButtonCommands(t *testing.T) {
	data, k := t.TempDir(), newKnob(t)
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"NoButton":     {[]string{"button", "test", "--data", data}, 1, "no button is wired"},
		"NoChip":       {[]string{"button", "test", "--data", data, "--button", "gpiochip77:1 low"}, 1, "gpioinfo lists lines"},
		"NotPressed":   {[]string{"button", "test", "--data", data, "--button", "pipe:" + k.path, "--for", "200ms"}, 1, "nothing was pressed"},
		"BadButton":    {[]string{"serve", "--data", data, "--button", "rts:/dev/ttyUSB0"}, 78, "name a GPIO line"},
		"BadHold":      {[]string{"serve", "--data", data, "--button-hold", "1h"}, 78, "0s to 10s"},
		"Show":         {[]string{"button", "show", "--data", data}, 0, "deed\tsiren"},
		"NoLED":        {[]string{"led", "test", "--data", data}, 1, "no status LED is wired"},
		"LEDGone":      {[]string{"led", "test", "--data", data, "--led", "led:none-of-them"}, 1, "cannot be lit"},
		"BadLED":       {[]string{"serve", "--data", data, "--led", "led:../x"}, 78, "name a GPIO line"},
		"BadMixer":     {[]string{"serve", "--data", data, "--mixer", "louder"}, 78, "auto, off, or CARD:CONTROL"},
		"MixerNoCard":  {[]string{"mixer", "set", "Nothing:Speaker", "--usual", "-6", "--data", data}, 1, "loalang: "},
		"MixerNoUsual": {[]string{"mixer", "set", "Device:Speaker", "--data", data}, 2, "--usual -6"},
		"MixerTooLoud": {[]string{"mixer", "set", "Device:Speaker", "--usual", "60", "--data", data}, 2, "use -60 to 30"},
		"MixerOff":     {[]string{"mixer", "set", "off", "--data", data}, 0, "turned digitally"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, code := loalang(t, "", c.args...)
			if code != c.code || !strings.Contains(out+errs, c.says) {
				t.Errorf("exit %d, %q, %q; want %d and %q", code, out, errs, c.code, c.says)
			}
		})
	}
}

// BenchmarkButton measures from the moment a button goes down to the first sample of the
// siren on the virtual card, 30 times, with a debounce of 30 ms and no hold.
func BenchmarkButton(b *testing.B) {
	k := newKnob(b)
	d, dir := onCard(b, "--button", "pipe:"+k.path, "--button-hold", "0s", "--button-debounce", "30ms")
	finish := yardstick(b)
	var pressed []int64
	for range 30 {
		time.Sleep(2*time.Second + time.Duration(rand.Int64N(int64(20*time.Millisecond))))
		pressed = append(pressed, int64(audio.Monotonic()))
		k.set("1")
		time.Sleep(600 * time.Millisecond)
		k.set("0")
		d.until("it is raised", func() bool { return d.call(http.MethodGet, "/air", nil, http.StatusOK)["emergency"] != nil })
		d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	}
	time.Sleep(600 * time.Millisecond)
	finish()
	d.stop()
	runs, dry := heard(b, dir)
	var siren []float64
	for _, at := range pressed {
		if first, ok := firstSound(runs, at); ok {
			siren = append(siren, float64(first-at)/1e6)
		}
	}
	report(b, "press-to-siren", siren)
	b.ReportMetric(float64(len(pressed)-len(siren)), "lost")
	b.ReportMetric(float64(dry), "underruns")
}

// The volume control is chosen, turned and read back; a running serve turns it by the
// village's volume and the hour, and has it as loud as usual while an emergency sounds.
func TestMixerFollowsTheVillage(t *testing.T) {
	need(t, sound)
	data := t.TempDir()
	level := fakeAmixer(t, "-30.00")
	if out, errs, code := loalang(t, "", "mixer", "set", "Device:Speaker", "--usual", "-6", "--data", data); code != 0 || !strings.Contains(out, "-6.00 dB") {
		t.Fatalf("mixer set = %d: %s%s", code, out, errs)
	}
	if _, errs, code := loalang(t, "", "mixer", "set", "Device:Bass", "--usual", "-6", "--data", data); code != 1 || !strings.Contains(errs, "Unable to find simple control 'Bass'") {
		t.Errorf("a control that is not there = %d: %s", code, errs)
	}
	d := serve(t, data, "null", quick...).admit()
	d.until("it is as loud as usual", func() bool { return level() == "-6.00" })
	d.call(http.MethodPut, "/air/volume", object{"volume": -4}, http.StatusOK)
	d.until("a person has turned it", func() bool { return level() == "-10.00" })
	d.call(http.MethodPut, "/villages/un-ta/rules", object{"volumes": []object{{"from": "00:00", "to": "24:00", "volume": -5}}}, http.StatusOK)
	d.until("the hour has turned it", func() bool { return level() == "-15.00" })
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}, http.StatusCreated)
	d.until("an emergency has it as loud as usual", func() bool { return level() == "-6.00" })
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	d.until("it is as it was", func() bool { return level() == "-15.00" })
	body := d.call(http.MethodPut, "/sound/mixer", object{}, http.StatusOK)
	if body["mixer"] != nil {
		t.Errorf("without a control: %v", body)
	}
	d.until("chosen no more, it is as loud as usual", func() bool { return level() == "-6.00" })
	d.call(http.MethodPut, "/sound/mixer", object{"mixer": object{"card": "Other", "control": "Speaker", "usual": 0}}, http.StatusUnprocessableEntity)
	// By command it was chosen and nobody could say by whom.
	if out, errs, code := loalang(t, "", "mixer", "set", "Device:Speaker", "--usual", "-7", "--data", data); code != 0 || errs != "" {
		t.Fatalf("mixer set = %d: %s%s", code, out, errs)
	}
	list, _ := d.call(http.MethodGet, "/history?kind=mixer", nil, http.StatusOK)["changes"].([]any)
	if len(list) == 0 || !strings.Contains(fmt.Sprint(list[0]), "after:-7") {
		t.Errorf("the history has %v", list)
	}
	d.until("it is turned for the hour", func() bool { return level() == "-16.00" })
	d.stop()
	if got := level(); got != "-7.00" {
		t.Errorf("the board has ended and left the control at %s dB, want -7.00", got)
	}
}

// A control that the settings name is as loud as usual where it stands, also after the hour
// has turned it and the board was started anew: nobody's ears are at the mercy of 0 dB.
func TestMixerOfTheSettingsStaysWhereItStands(t *testing.T) {
	need(t, sound)
	data := t.TempDir()
	level := fakeAmixer(t, "-12.50")
	flags := append([]string{"--mixer", "Device:Speaker"}, quick...)
	usual := func(d *daemon) func() bool {
		return func() bool {
			m, there := d.call(http.MethodGet, "/sound", nil, http.StatusOK)["mixer"].(map[string]any)
			return there && m["usual"] == -12.5
		}
	}
	d := serve(t, data, "null", flags...).admit()
	d.until("it was found", usual(d))
	d.call(http.MethodPut, "/air/volume", object{"volume": -4}, http.StatusOK)
	d.until("a person has turned it", func() bool { return level() == "-16.50" })
	d.stop()
	d = serve(t, data, "null", flags...).admit()
	d.until("it is known still", usual(d))
	d.call(http.MethodPut, "/air/volume", object{"volume": -2}, http.StatusOK)
	d.until("it is turned from there", func() bool { return level() == "-14.50" })
	d.stop()
}

// fakeAmixer puts an amixer into PATH that knows one control, Speaker of the card Device; it
// gives what that shows, in dB.
func fakeAmixer(t *testing.T, stands string) (level func() string) {
	t.Helper()
	dir := t.TempDir()
	state := filepath.Join(dir, "state")
	write(t, state, []byte(stands+"\n"))
	const amixer = `#!/bin/sh
[ "$1 $2 $3" = "-M -c Device" ] || { echo "amixer: Mixer attach error: No such device" >&2; exit 1; }
shift 4
case "$1 $2" in
"sset Speaker") echo "$4" | tr -d dB >"$(dirname "$0")/state" ;;
"sget Speaker" | "scontents ") ;;
*) echo "amixer: Unable to find simple control '$2',0" >&2; exit 1 ;;
esac
read -r dB <"$(dirname "$0")/state"
printf "Simple mixer control 'Speaker',0\n  Mono: Playback 27 [77%%] [%sdB] [on]\n" "$dB"
`
	program := filepath.Join(dir, "amixer")
	write(t, program, []byte(amixer))
	if err := os.Chmod(program, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func() string {
		raw, err := os.ReadFile(state)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(raw))
	}
}
