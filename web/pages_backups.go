package web

import (
	"errors"
	"slices"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// backupsView is the page about the board's backups.
type backupsView struct {
	State   stateView
	Ills    []stateView
	Running bool
	Busy    bool // nothing can be begun or downloaded now
	Next    string
	Kept    []backupRow
	Whole   string
}

// backupRow is a backup that is kept.
type backupRow struct{ Name, When, Sub string }

func (p *panel) registerBackups(r *gin.Engine) {
	if p.s.cfg.Upkeep == nil {
		return
	}
	r.GET("/backups", p.allow(people.Administer, p.backups))
	r.POST("/backups", p.allow(people.Administer, p.backUp))
}

func (p *panel) backups(v *visit) {
	b := p.s.cfg.Upkeep.Backups()
	w := backupsView{State: v.backupState(b), Running: b.Running, Busy: b.Running || b.Busy, Next: v.word("backups.next"), Whole: v.word("backups.whole", megabytes(b.Whole))}
	switch {
	case b.Silent:
		w.Next = v.word("backups.silent")
	case b.Off:
		w.Next = v.word("backups.off")
	case b.Stick:
		w.Next = v.word("backups.next-stick")
	}
	w.Ills = p.dataHealth(v)
	for _, k := range b.Kept {
		where := "backups.here"
		if k.Stick {
			where = "backups.stick"
		}
		about := v.word(where, megabytes(k.Bytes))
		if k.Other {
			about = v.word("backups.other", about)
		}
		w.Kept = append(w.Kept, backupRow{k.Name, v.at(k.Made, v.now), about})
	}
	p.show(v, "backups", view{Title: v.word("settings.backups"), Tab: "more", Path: "/backups", Data: w})
}

// megabytes rounds up.
func megabytes(bytes int64) int64 { return (bytes + 1<<20 - 1) >> 20 }

// backupState is the one line that says whether the board is safe.
func (v *visit) backupState(b Backups) stateView {
	switch {
	case b.Running:
		return stateView{"wait", "cho", v.word("backups.running")}
	case !b.Failed.IsZero():
		return stateView{"bad", "nhac", v.word("backups.failed-"+b.Code, v.at(b.Failed, v.now))}
	case b.Last.IsZero():
		return stateView{"wait", "cho", v.word("backups.none")}
	case b.Damaged > 0:
		return stateView{"bad", "nhac", v.word("backups.damaged", v.at(b.Last, v.now), b.Damaged)}
	case b.OnStick:
		return stateView{"ok", "tot", v.word("backups.last-stick", v.at(b.Last, v.now))}
	}
	return stateView{"ok", "tot", v.word("backups.last", v.at(b.Last, v.now))}
}

// dataHealth is a sentence for each thing that is wrong with the data.
func (p *panel) dataHealth(v *visit) (states []stateView) {
	if p.s.cfg.Upkeep == nil {
		return nil
	}
	for _, i := range p.s.cfg.Upkeep.Ills() {
		class := "bad"
		if slices.Contains([]Ill{BackupOnDataOnly, NoRecentBackup, BackupFailed, BadStick}, i) {
			class = "wait"
		}
		states = append(states, stateView{class, "nhac", v.word("ill." + string(i))})
	}
	return states
}

// dataTrouble is what every page says of the data; empty: nothing.
func (p *panel) dataTrouble(v *visit) string {
	if p.s.cfg.Upkeep == nil {
		return ""
	}
	for _, i := range p.s.cfg.Upkeep.Ills() {
		switch i {
		case MissingDisk, ReadOnlyDisk, FullDisk, NoInodes:
			return v.word("ill." + string(i))
		}
	}
	return ""
}

func (p *panel) backUp(v *visit) {
	told := "backup"
	switch err := p.s.cfg.Upkeep.BackUp(); {
	case err == nil, errors.Is(err, ErrBackingUp):
	case errors.Is(err, ErrBusyKeeping):
		told = "backup-busy"
	default:
		p.fail(v, err)
		return
	}
	v.c.Header("Cache-Control", "no-store")
	v.goTo("/backups", told)
}
