package speaker

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
)

// collectAt is how much garbage may gather, in per cent of what is in use. The
// child makes little, and memory once locked never shrinks; serve holds little, and
// is to hold little.
const collectAt = 50

// ForgetStartup gives back the memory that starting the whole program cost, and has less
// garbage gather from now on. A process needs a small part of the program, but every
// package linked in has run its initialisers: measured 27 MB of code and tables in the
// child and 47 MB in serve, all unchanged and in the page cache. What is needed comes back
// with a fault of a microsecond: in the child before the card is open, after that
// lockMemory keeps it.
func ForgetStartup() error {
	debug.SetGCPercent(collectAt)
	debug.FreeOSMemory()
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("find the program: %w", err)
	}
	exe = strings.TrimSuffix(exe, " (deleted)") // by an update
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return fmt.Errorf("look at memory: %w", err)
	}
	defer closeFile(f)
	lines := bufio.NewScanner(f)
	var m mapping
	for lines.Scan() {
		if next, ok := parseMapping(lines.Text()); ok {
			m = next
		}
		// Anonymous is the last word on whether a page differs from the file.
		if unchanged := strings.Fields(lines.Text()); len(unchanged) == 3 && unchanged[0] == "Anonymous:" &&
			unchanged[1] == "0" && m.path == exe && m.readOnly {
			if err := m.drop(); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

// mapping is one line of /proc/self/maps.
type mapping struct {
	from, to uintptr
	readOnly bool
	path     string
}

// parseMapping understands "00403000-012cd000 r-xp 00003000 fe:00 123 /bin/x";
// ok is false for other lines.
func parseMapping(line string) (m mapping, ok bool) {
	var rights, offset, device, inode string
	n, err := fmt.Sscanf(line, "%x-%x %s %s %s %s %s", &m.from, &m.to, &rights, &offset, &device, &inode, &m.path)
	if err != nil || n != 7 {
		return mapping{}, false
	}
	m.readOnly = rights == "r--p" || rights == "r-xp"
	return m, true
}

// piece is the size in which dropped pages come back.
const piece = 8 << 10

// drop lets go of the pages; they are read from the file again when touched.
//
// Linux maps more than the page that was touched, as far as the mapping goes:
// 64 KB around it, since 6.18 the whole folio of up to 2 MB. Measured, most of
// the program was back at once. So the mapping is cut into pieces that do not
// merge, since every other one is left out of core dumps.
func (m mapping) drop() error {
	if err := advise(m.from, m.to, unix.MADV_DONTNEED); err != nil {
		return err
	}
	for at := m.from &^ (piece - 1); at < m.to; at += 2 * piece {
		if err := advise(max(at, m.from), min(at+piece, m.to), unix.MADV_DONTDUMP); err != nil {
			return err
		}
	}
	return nil
}

func advise(from, to uintptr, advice uintptr) error {
	if _, _, errno := unix.Syscall(unix.SYS_MADVISE, from, to-from, advice); errno != 0 {
		return fmt.Errorf("give back memory: %w", errno)
	}
	return nil
}

// warmUp walks the paths that must not wait for the disk the first time: a cue
// and an alarm, from the message to the mix. Nothing of it is heard.
func warmUp(siren audio.Clip) error {
	for _, words := range []string{
		`{"cue":{"id":"warm","at":1}}`, `{"stop":{"ids":["warm"]}}`, `{"lower":"warm"}`,
		`{"raise":{"id":"warm","cycle":[{"siren":true}],"repeat":1,"until":1,"gain":-1}}`,
	} {
		if _, err := decodeMessage([]byte(words)); err != nil {
			return err
		}
	}
	if siren.Len() == 0 {
		siren = audio.NewClip(make([]int16, 480))
	}
	event := func(ev audio.Event) { _, _ = (&message{Event: &ev}).encode() } // for its pages
	desk := audio.NewDesk(audio.DeskOptions{Event: event, Tap: func([]int16) {}})
	desk.Anchor(0, audio.Monotonic())
	cue := audio.DeskCue{ID: "warm", Source: siren.Source(), Frames: siren.Len()}
	alarm := audio.DeskAlarm{ID: "warm", Cycle: []audio.DeskAlarmPart{{Clip: siren, Gap: time.Millisecond}}}
	if err := desk.Cue(cue); err != nil {
		return err
	}
	if err := desk.Raise(alarm); err != nil {
		return err
	}
	mix := make([]float32, 240)
	for i := range 40 {
		desk.PullProgramme(mix)
		desk.PullAlarmAt(desk.Position(), mix)
		if i == 20 {
			desk.Lower("warm")
			desk.Stop()
		}
	}
	return nil
}
