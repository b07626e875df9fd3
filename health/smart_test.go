package health_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// What smartctl answers is read for each kind of disk, and nothing is made of an answer
// that says nothing of wear.
func TestProbeSmart(t *testing.T) {
	m, p := newMachine(t)
	var st unix.Stat_t
	if err := unix.Stat(m.dir, &st); err != nil {
		t.Fatal(err)
	}
	m.write("sys/devices/pci/block/sda/sda2/partition", "2\n")
	link := filepath.Join(m.dir, "sys/dev/block", fmt.Sprintf("%d:%d", unix.Major(st.Dev), unix.Minor(st.Dev)))
	if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(m.dir, "sys/devices/pci/block/sda/sda2"), link); err != nil {
		t.Fatal(err)
	}
	if got := p.Smart(t.Context(), m.dir); got != nil {
		t.Errorf("without a program: %v", *got)
	}
	p.Smartctl = filepath.Join(m.dir, "smartctl")
	for answer, want := range map[string]*float64{
		`{"smart_status":{"passed":true},"nvme_smart_health_information_log":{"percentage_used":13}}`:                                                                                        of(13.0),
		`{"smart_status":{"passed":true},"endurance_used":{"current_percent":7}}`:                                                                                                            of(7.0),
		`{"ata_device_statistics":{"pages":[{"number":1,"table":[{"offset":8,"value":900,"flags":{"valid":true}}]},{"number":7,"table":[{"offset":8,"value":41,"flags":{"valid":true}}]}]}}`: of(41.0),
		`{"ata_device_statistics":{"pages":[{"number":7,"table":[{"offset":8,"value":41,"flags":{"valid":false}}]}]}}`:                                                                       nil,
		`{"smart_status":{"passed":false},"nvme_smart_health_information_log":{"percentage_used":60}}`:                                                                                       of(100.0),
		`{"smart_status":{"passed":true}}`:                                           nil,
		`{"smartctl":{"exit_status":2,"messages":[{"string":"Permission denied"}]}}`: nil,
		`Smartctl open device: /dev/sda failed`:                                      nil,
	} {
		// It exits 4 as smartctl does when one of several logs is not there.
		script := "#!/bin/sh\nfor last; do :; done\ncase $last in */dev/sda) cat <<'end'\n" + answer + "\nend\n;; esac\nexit 4\n"
		if err := os.WriteFile(p.Smartctl, []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		got := p.Smart(t.Context(), m.dir)
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%s: %v, want %v", answer, got, want)
		}
	}
	p.Smartctl = ""
	p.Worn = filepath.Join(m.dir, "worn")
	m.write("worn/sdb.json", `{"endurance_used":{"current_percent":99}}`)
	if got := p.Smart(t.Context(), m.dir); got != nil {
		t.Errorf("what was left of another disk: %v", *got)
	}
	// The service itself may ask no disk: what a unit with rights left for it counts.
	m.write("worn/sda.json", `{"endurance_used":{"current_percent":17}}`)
	if got := p.Smart(t.Context(), m.dir); got == nil || *got != 17 {
		t.Errorf("what was left for the service: %v", got)
	}
}
