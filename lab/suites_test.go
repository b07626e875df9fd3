package lab_test

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/lab"
	"loalang/lab/job"
)

// TestBoardPins is the part of continuous integration: the product and package hardware
// on the kernel's pins, watchdogs and clock.
func TestBoardPins(t *testing.T) {
	k := machines(t, "amd64")
	disk := root(t, "pins", "amd64", contents{packages: []string{"hardware", "lab/inside"}})
	suite(t, machine(t, k, disk, pinsAndDogs...), 6*time.Minute,
		tests("hardware", "hardware.test", "."),
		tests("relay", "inside.test", "TestRelayOfTheBoard"),
		tests("button", "inside.test", "TestButtonOfTheBoard"),
		tests("watchdogs", "inside.test", "TestWatchdogs$"),
		tests("clock", "inside.test", "TestClockOfTheBoard", "LAB_RTC=good"))
}

// TestBoardWithAnEmptyBattery has an RTC that begins anew in the year 2000.
func TestBoardWithAnEmptyBattery(t *testing.T) {
	k := machines(t, "amd64")
	disk := root(t, "pins", "amd64", contents{packages: []string{"hardware", "lab/inside"}})
	m := machine(t, k, disk)
	m.More = []string{"-rtc", "base=2000-01-01T00:00:00"}
	suite(t, m, 3*time.Minute, tests("clock", "inside.test", "TestClockOfTheBoard", "LAB_RTC=old"))
}

// TestBoardIsBitten: a watchdog that nobody feeds takes the machine down, the kernel's
// own and that of the chipset.
func TestBoardIsBitten(t *testing.T) {
	k := machines(t, "amd64")
	disk := root(t, "pins", "amd64", contents{packages: []string{"hardware", "lab/inside"}})
	for module, name := range map[string]string{"softdog": "Software Watchdog", "i6300esb": "i6300ESB timer"} {
		t.Run(module, func(t *testing.T) {
			m := machine(t, k, disk, module)
			m.Dir, m.Job.Steps = t.TempDir(), []job.Step{tests("bite", "inside.test", "TestWatchdogBites", "LAB_BITE="+name)}
			ctx, end := context.WithTimeout(t.Context(), 10*time.Minute)
			defer end()
			_, err := m.Boot(ctx)
			check(t, err)
			t.Cleanup(m.Kill)
			events, err := m.Events()
			check(t, err)
			_, err = m.Line(ctx, "MARK armed")
			if err != nil {
				t.Fatalf("%v\n%s", err, m.Told())
			}
			armed := time.Now()
			check(t, m.Wait(ctx))
			took := time.Since(armed)
			t.Logf("down %s after it was armed for 4 s", took.Round(100*time.Millisecond))
			// Alive for 2 s at least it was not down by an accident of its start, and a crash, a panic of
			// the kernel or an orderly end is no bite.
			if told := m.Told(); strings.Contains(told, job.Ended) || strings.Contains(told, "Kernel panic") || !strings.Contains(told, "alive after 2 s") {
				t.Errorf("the machine was not bitten:\n%s", told)
			}
			// The chipset's dog is QEMU's, which says that it bit; the kernel's own says it on the line.
			bitten := false
			for event := range events {
				bitten = bitten || event == "WATCHDOG"
			}
			if module == "softdog" {
				bitten = strings.Contains(m.Told(), "Initiating system reboot")
			}
			if !bitten {
				t.Errorf("nobody says that %s bit:\n%s", name, m.Told())
			}
		})
	}
}

// preparedData makes a data folder with notices that are spoken, on this machine, where
// that takes seconds, and with a monitor input that is calibrated for a line that changes
// no level.
func preparedData(t testing.TB) string { return prepare(t, "prepared", (*lab.Load).Prepare) }

// preparedLong is the same with one notice of a minute.
func preparedLong(t testing.TB) string {
	return prepare(t, "prepared-long", func(l *lab.Load, ctx context.Context, _ int) error { return l.PrepareLong(ctx) })
}

func prepare(t testing.TB, name string, notices func(l *lab.Load, ctx context.Context, n int) error) string {
	t.Helper()
	return once(t, name, func(dir string) {
		data := filepath.Join(dir, "data")
		check(t, os.MkdirAll(data, 0o755))
		p := lab.Program{Path: loalang(t, "amd64")}
		b, err := p.Serve(t.Context(), data, "", nil, "--device", "null")
		check(t, err)
		defer b.Kill()
		b.Token, err = p.Run(t.Context(), "token", "add", "lab", "--role", "admin", "--allow-emergency", "--data", data)
		check(t, err)
		_, err = b.Ask(t.Context(), "PUT", "/villages/un-ta/rules", lab.Object{}) // at any hour
		check(t, err)
		check(t, notices(&lab.Load{Client: b.Client}, t.Context(), 3))
		check(t, os.WriteFile(filepath.Join(dir, "token"), []byte(b.Token), 0o600))
		check(t, b.Stop())
		calibrated(t, data, "plughw:CARD=Loopback,DEV=1")
	})
}

// TestLabLoopback plays through a card of the kernel that is heard at its other end.
func TestLabLoopback(t *testing.T) {
	k := machines(t, "amd64")
	disk := root(t, "sound", "amd64", contents{packages: []string{"lab/inside"}, sound: true, data: preparedData(t)})
	m := machine(t, k, disk, "snd-aloop", "snd-dummy")
	m.ModArgs = map[string]string{"snd-aloop": "index=0 id=Loopback pcm_substreams=1", "snd-dummy": "index=1 id=Dummy"}
	suite(t, m, 10*time.Minute,
		tests("loopback", "inside.test", "TestNoticeOnALoopbackCard"),
		tests("proof", "inside.test", "TestNoticeIsProvenOnALoopbackCard"),
		tests("mixer", "inside.test", "TestMixerOfACard"))
}

// TestLabUSBCard pulls the only card out while the product plays, and plugs it in again.
// What the card was given is a file of this machine.
func TestLabUSBCard(t *testing.T) {
	k := machines(t, "amd64")
	disk := root(t, "usb", "amd64", contents{packages: []string{"lab/inside"}, sound: true, data: preparedLong(t)})
	m := machine(t, k, disk, "xhci-pci", "snd-usb-audio")
	m.Dir = t.TempDir()
	wav := filepath.Join(m.Dir, "usb.wav")
	m.More = []string{"-device", "qemu-xhci,id=xhci", "-audiodev", "wav,id=a,path=" + wav, "-device", "usb-audio,id=card,audiodev=a,bus=xhci.0"}
	step := tests("usb", "inside.test", "TestUSBCardIsPulledOut")
	m.Job.Steps = []job.Step{step}
	ctx, end := context.WithTimeout(t.Context(), 8*time.Minute)
	defer end()
	_, err := m.Boot(ctx)
	check(t, err)
	t.Cleanup(m.Kill)
	defer func() { t.Log(m.Told()) }()
	_, err = m.Line(ctx, "MARK pull")
	check(t, err)
	check(t, m.Order("device_del", lab.Object{"id": "card"}))
	_, err = m.Line(ctx, "MARK plug")
	check(t, err)
	before := sounded(t, wav)
	check(t, m.Order("device_add", lab.Object{"driver": "usb-audio", "id": "again", "audiodev": "a", "bus": "xhci.0"}))
	line, err := m.Line(ctx, "MARK sounded ")
	check(t, err)
	claims, silent, _ := strings.Cut(line, " ")
	check(t, m.Wait(ctx))
	judge(t, m, m.Job.Steps)
	all := sounded(t, wav)
	if all < before { // the card that is plugged in begins the file anew
		all += before
	}
	claimed, err := time.ParseDuration(claims)
	check(t, err)
	pauses, err := time.ParseDuration(silent)
	check(t, err)
	t.Logf("the card was given %s of sound before it was pulled and %s in all; the as-run claims %s, of which %s are pauses of the voice", before, all, claimed, pauses)
	if before < 5*time.Second || all-before < 5*time.Second || claimed < time.Minute {
		t.Error("the card was given next to nothing on one side of the pull, or the notice was short")
	}
	if most := all + pauses + usbBuffer + rounding; claimed > most {
		t.Errorf("the as-run claims %s, and the card was given %s at most", claimed, most)
	}
	if least := all - usbBuffer - rounding; claimed < least {
		t.Errorf("the as-run claims %s, and the card was given %s at least", claimed, least)
	}
}

const (
	// usbBuffer is that of the board (--buffer in TestUSBCardIsPulledOut): what is in it when the
	// card goes is played neither by the one nor claimed for the other, or the other way round.
	usbBuffer = 200 * time.Millisecond
	// rounding is what counting tenths of a second may cost at the edges of chime, voice and the pull,
	// and in the pauses, which lie otherwise on them in the card's file.
	rounding = 2 * time.Second
)

// sounded is how much of a WAV file is sound: tenths of a second that are not silent. The
// length in its head does not count, as a machine that is killed does not write it.
func sounded(t testing.TB, name string) time.Duration {
	t.Helper()
	raw, err := os.ReadFile(name)
	check(t, err)
	if len(raw) < 44 {
		return 0
	}
	rate, channels := int(binary.LittleEndian.Uint32(raw[24:])), int(binary.LittleEndian.Uint16(raw[22:]))
	tenth := rate / 10 * channels * 2
	var n int
	for raw = raw[44:]; len(raw) >= tenth; raw = raw[tenth:] {
		for i := 0; i < tenth; i += 2 {
			if v := int16(binary.LittleEndian.Uint16(raw[i:])); v > 200 || v < -200 {
				n++
				break
			}
		}
	}
	return time.Duration(n) * 100 * time.Millisecond
}

// TestLabARM runs the product and package hardware on a Debian kernel for arm64, built
// for 64 bits and for 32.
func TestLabARM(t *testing.T) {
	k := machines(t, "arm64")
	disk := root(t, "arm", "arm64", contents{packages: []string{"hardware", "lab/inside"}, arch: []string{"armhf"}})
	m := machine(t, k, disk, "configfs", "gpio-sim", "softdog")
	suite(t, m, 15*time.Minute,
		tests("hardware-arm64", "hardware.test", "."),
		tests("relay-arm64", "inside.test", "TestRelayOfTheBoard"),
		tests("watchdogs-arm64", "inside.test", "TestWatchdogs$"),
		tests("hardware-armhf", "hardware.test-armhf", "."),
		tests("relay-armhf", "inside.test-armhf", "TestRelayOfTheBoard", "LAB_PROGRAM=/usr/bin/loalang-armhf"),
		tests("watchdogs-armhf", "inside.test-armhf", "TestWatchdogs$"))
}
