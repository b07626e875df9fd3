package main_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A relay that is missing, busy or mistyped ended `serve`, and with it the panel and
// every emergency. Now it is told of, with what to do, and everything else goes on.
func TestServeGoesOnWithoutItsRelay(t *testing.T) {
	t.Parallel()
	need(t, sound)
	d := serve(t, t.TempDir(), "null", append(slices.Clone(quick), "--amp-chip", "gpiochip77", "--amp-line", "17")...).admit()
	amp, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["amp"].(map[string]any)
	if amp["missing"] != true || amp["trouble"] != "absent" || amp["keyed"] != false || amp["advice"] == nil {
		t.Errorf("amplifier = %v", amp)
	}
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}, http.StatusCreated)
	d.until("the siren left the card all the same", func() bool { rows := d.rows(); return len(rows) == 1 && len(airings(rows[0])) == 1 })
	active, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["emergencies"].([]any)
	if len(active) != 1 || active[0].(map[string]any)["sounding"] != false {
		t.Errorf("active = %v", active)
	}
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	var row object
	d.until("the row is closed", func() bool { row = d.rows()[0]; return row["outcome"] != "" && row["outcome"] != nil })
	if row["outcome"] != "missed" || row["cause"] != "amplifier" {
		t.Errorf("as-run = %v", row)
	}
	d.stop()
}

// The zones of a board are offered, an emergency sounds in those it names, and its row
// says which were on.
func TestEmergencyInOneZone(t *testing.T) {
	t.Parallel()
	need(t, sound)
	d := serve(t, t.TempDir(), "null", append(slices.Clone(quick), "--zones", "Đầu thôn=sim; Chợ=sim settle=0s")...).admit()
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh", "zones": []string{"Chợ"}}, http.StatusCreated)
	d.until("the siren sounds", func() bool { rows := d.rows(); return len(rows) == 1 && len(airings(rows[0])) == 1 })
	amp, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["amp"].(map[string]any)
	keyed := map[any]any{}
	for _, z := range amp["zones"].([]any) {
		keyed[z.(map[string]any)["name"]] = z.(map[string]any)["keyed"]
	}
	if len(keyed) != 2 || keyed["Chợ"] != true || keyed["Đầu thôn"] != false {
		t.Errorf("on are %v", keyed)
	}
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	if zones, _ := airings(d.rows()[0])[0]["zones"].([]any); !slices.Equal(zones, []any{"Chợ"}) {
		t.Errorf("as-run = %v", d.rows()[0])
	}
	d.stop()
}

func TestAmpCommands(t *testing.T) {
	data := t.TempDir()
	zones := []string{"--data", data, "--zones", "Đầu thôn=sim; Chợ=sim"}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"Nothing":      {[]string{"amp", "test", "--data", data}, 1, "nothing is switched on this board"},
		"Test":         {append([]string{"amp", "test", "--for", "0s"}, zones...), 0, "ok   Chợ: sim was on for 0s"},
		"One":          {append([]string{"amp", "test", "--for", "0s", "--zone", "Chợ"}, zones...), 0, "ok   Chợ"},
		"Unknown":      {append([]string{"amp", "test", "--zone", "Suối"}, zones...), 2, `there is no zone "Suối"`},
		"TooLong":      {append([]string{"amp", "test", "--for", "1h"}, zones...), 2, "use a span from 0s to 1m0s"},
		"TestMissing":  {[]string{"amp", "test", "--for", "0s", "--data", data, "--amp-chip", "gpiochip77", "--amp-line", "1"}, 1, "FAIL amplifier"},
		"Safe":         {append([]string{"amp", "safe-state"}, zones...), 0, ""},
		"SafeMissing":  {[]string{"amp", "safe-state", "--data", data, "--amp-line", "gpiochip77:1"}, 1, "gpiochip77:1 is not known to be off"},
		"SafeSerial":   {[]string{"amp", "safe-state", "--data", data, "--amp-line", "rts:/dev/ttyNone"}, 0, ""},
		"SafeMisset":   {[]string{"amp", "safe-state", "--data", data, "--amp-line", "gpiochip77:1", "--listen", "nowhere"}, 2, "gpiochip77:1 is not known to be off"},
		"SelfTest":     {append([]string{"amp", "self-test"}, zones...), 0, "ok   zone Chợ: sim: nothing is switched"},
		"SelfMissing":  {[]string{"amp", "self-test", "--data", data, "--amp-line", "rts:/dev/ttyNone"}, 1, "plug the adapter in"},
		"NoCommand":    {[]string{"serve", "--data", data, "--zones", "Chợ=serial:3", "--amp-serial", "/dev/ttyUSB0"}, 78, "give amp-serial, amp-serial-zone-on and amp-serial-zone-off"},
		"BadCommand":   {[]string{"serve", "--data", data, "--amp-serial-on", `\q`}, 78, "amp-serial-on"},
		"BadMain":      {[]string{"serve", "--data", data, "--amp-line", "17"}, 78, "amp-line without amp-chip"},
		"BadSpecial":   {[]string{"serve", "--data", data, "--amp-chip", "gpiochip0", "--amp-line", "17 up"}, 78, "use low, pump, settle=2s or tail=1s"},
		"UECPOutBound": {[]string{"serve", "--data", data, "--amp-serial-protocol", "uecp", "--amp-serial-on", "TA=7"}, 78, "TA=1 to begin"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, code := loalang(t, "", c.args...)
			if code != c.code || !strings.Contains(out+errs, c.says) {
				t.Errorf("exit %d, %q, %q; want %d and %q", code, out, errs, c.code, c.says)
			}
		})
	}
}

// Each zone is heard by the tone of `amp test`, one behind the other.
func TestAmpTestIsHeard(t *testing.T) {
	tape := filepath.Join(t.TempDir(), "tape.wav")
	out, errs, code := loalang(t, "", "amp", "test", "--for", "400ms", "--data", t.TempDir(), "--device", "file:"+tape,
		"--settle", "100ms", "--tail", "0s", "--zones", "Đầu thôn=sim; Chợ=sim")
	if code != 0 || !strings.Contains(out, "ok   Chợ: sim was on, and the tone was sent for 400ms") {
		t.Fatalf("exit %d: %q, %q", code, out, errs)
	}
	bursts, quiet := 0, 1<<20
	for _, v := range readTape(t, tape).frames {
		switch {
		case abs(v) < 1000:
			quiet++
		case quiet > 48000/10: // a tenth of a second
			bursts++
			fallthrough
		default:
			quiet = 0
		}
	}
	if bursts != 2 {
		t.Errorf("the tone began %d times, want once in each zone", bursts)
	}
}
