package health

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Smart is how much of its life the disk of a folder has used up, in percent, by its own
// SMART: 100 or more too when the disk says that it is about to fail. It reads what was left
// in the folder Worn, else asks the program smartctl of smartmontools 7 or later, which needs
// rights that an ordinary user has not; nil where there is neither, it may not ask, or the
// disk does not tell. It blocks until the program ends or ctx does.
func (p *Probe) Smart(ctx context.Context, dir string) *float64 {
	disk := p.disk(dir)
	if disk == "" {
		return nil
	}
	if raw, err := os.ReadFile(filepath.Join(p.Worn, disk+".json")); p.Worn != "" && err == nil {
		return smartWear(raw)
	}
	if p.Smartctl == "" {
		return nil
	}
	cmd := exec.CommandContext(ctx, p.Smartctl, "--json=c", "--health", "--attributes", "--log=devstat", filepath.Join(p.Dev, disk))
	cmd.WaitDelay = time.Second
	raw, err := cmd.Output()
	if len(raw) == 0 && err != nil {
		return nil
	}
	return smartWear(raw) // its exit status says what the answer says too
}

// disk is the name of the disk with a folder, without its partition; empty where the
// folder is on none, such as one in memory.
func (p *Probe) disk(dir string) string {
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err != nil {
		return ""
	}
	at, err := filepath.EvalSymlinks(filepath.Join(p.Sys, "dev/block", fmt.Sprintf("%d:%d", unix.Major(st.Dev), unix.Minor(st.Dev))))
	if err != nil {
		return ""
	}
	if _, err := os.Stat(filepath.Join(at, "partition")); err == nil {
		at = filepath.Dir(at)
	}
	return filepath.Base(at)
}

// smart is what of an answer of smartctl tells of wear: the field of smartmontools 7.4,
// the log of an NVMe (NVM Express 1.4, 5.14.1.2), the statistics of an ATA disk (ACS-4,
// 9.5.8: page 7, percentage used endurance indicator).
type smart struct {
	Status *struct {
		Passed *bool `json:"passed"`
	} `json:"smart_status"`
	Endurance *struct {
		Percent *float64 `json:"current_percent"`
	} `json:"endurance_used"`
	NVMe *struct {
		Used *float64 `json:"percentage_used"`
	} `json:"nvme_smart_health_information_log"`
	ATA *struct {
		Pages []struct {
			Number int `json:"number"`
			Table  []struct {
				Offset int     `json:"offset"`
				Value  float64 `json:"value"`
				Flags  struct {
					Valid bool `json:"valid"`
				} `json:"flags"`
			} `json:"table"`
		} `json:"pages"`
	} `json:"ata_device_statistics"`
}

// smartWear reads an answer of smartctl.
func smartWear(raw []byte) (used *float64) {
	var s smart
	if json.Unmarshal(raw, &s) != nil {
		return nil
	}
	most := func(percent float64) {
		if used == nil || percent > *used {
			used = &percent
		}
	}
	if s.Endurance != nil && s.Endurance.Percent != nil {
		most(*s.Endurance.Percent)
	}
	if s.NVMe != nil && s.NVMe.Used != nil {
		most(*s.NVMe.Used)
	}
	if s.ATA != nil {
		for _, page := range s.ATA.Pages {
			for _, row := range page.Table {
				if page.Number == 7 && row.Offset == 8 && row.Flags.Valid {
					most(row.Value)
				}
			}
		}
	}
	if s.Status != nil && s.Status.Passed != nil && !*s.Status.Passed {
		most(100)
	}
	return used
}
