package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
	"loalang/hardware"
	"loalang/health"
	"loalang/people"
	"loalang/playout"
	"loalang/pulse"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/store"
	"loalang/upload"
	"loalang/web"
)

const (
	// wakeMargin is how far ahead of the settle time the player is handed an
	// occurrence: the claim, a play copy made again, the cue.
	wakeMargin = 7 * time.Second
	// setupLife is how long the link for the first account works.
	setupLife = 30 * time.Minute
	// horizon is how far the plan looks ahead.
	horizon = 7 * 24 * time.Hour
)

// board is every part of a running `loalang serve`.
type board struct {
	settings   settings
	log        *slog.Logger
	db         *store.Store
	clock      *hardware.Clock
	amp        *amplifier
	output     *speaker.Output
	library    *recordings.Library
	player     *playout.Player
	producer   *playout.Producer
	studio     *playout.Studio
	monitor    *playout.Monitor // nil: there is no monitor input
	calibrator *playout.Calibrator
	planner    *scheduler.Planner
	panel      *web.Server
	choices    *choices
	place      kept                 // the village as it was last known
	replaced   chan struct{}        // something was edited: place is to be read anew
	panic      *playout.PanicButton // what a press of the button does
	button     *hardware.Button     // nil: none is fitted
	led        *hardware.LED        // nil: none is fitted
	deaf       lasting              // the monitor input gives nothing, or its calibration is void
	loudness   *playout.Loudness
	ran        bool          // the program ran on this data folder before
	heeded     bool          // choices.heed is done; of fader alone
	mixerNext  time.Duration // on CLOCK_MONOTONIC, when the control that the settings name may be read again
	uploads    *upload.Shelf // nil: its folder could not be opened
	upkeep     *upkeep
	courier    *courier
	door       *secureDoor // nil: there is no https
	pulse      *pulse.Registry
	health     *health.Watch
	senses     *senses
	village    scheduler.Village
	memory     string // folder in memory, for what sounds though the disk is full
	boot       string // names this boot of the machine; empty: nobody knows
	restarted  bool   // an earlier run of this program was in this boot
	refuge     string // folder in memory that outlives this process; empty: there is none
	closers    []io.Closer
}

// openBoard opens and wires every part; on an error nothing stays open.
func (p program) openBoard(ctx context.Context, s settings, log *slog.Logger) (_ *board, err error) {
	b := &board{settings: s, log: log, boot: bootID(log), pulse: newPulse(), replaced: make(chan struct{}, 1)}
	b.upkeep, b.courier = newUpkeep(b), newCourier(b)
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	dir := folder(s.Data)
	if err := makeFolders(s.Data); err != nil {
		return nil, err
	}
	if err := makeFolders(dir.spool()); err != nil {
		log.Error("the spool folder is missing, rows go to memory meanwhile", "err", err)
	}
	if err := b.lock(); err != nil {
		return nil, err
	}
	if err := finishRestore(s.Data); takesNothing(err) {
		log.Error("a restore is not finished: the board goes on with what is there", "err", err)
	} else if err != nil {
		return nil, err
	}
	b.clock = hardware.OpenClock(hardware.ClockConfig{
		Kernel: hardware.Linux{}, File: filepath.Join(s.Data, "clock.json"), Floor: builtAfter,
		AssumeTrusted: s.ClockTrust == "system", Beat: b.pulse.Loop("clock", loopPatience), Log: log,
	})
	if b.memory, err = dir.memorySound(); err != nil {
		log.Warn("the words of an emergency need room on the disk", "err", err)
	}
	spool := b.spools(dir)
	if err := b.openKept(ctx, spool); err != nil {
		return nil, err
	}
	if err := b.openSound(); err != nil {
		return nil, err
	}
	b.openMonitor()
	b.wire(spool)
	b.openButton(ctx)
	if err := b.producer.Learn(ctx); err != nil {
		log.Error("the village's words cannot be read yet", "err", err)
	}
	if b.uploads, err = b.openUploads(); err != nil { // phones keep what they could not send
		log.Error("nothing can be sent in pieces until the next start", "err", err)
	}
	b.door = b.openSecureDoor(ctx)
	b.openHealth()
	if err := b.openPanel(); err != nil {
		return nil, err
	}
	if err := b.panel.Warm(ctx); err != nil {
		log.Warn("who is signed in becomes known at their next request", "err", err)
	}
	return b, nil
}

// spools are the folders for what the database cannot take.
func (b *board) spools(dir folder) []string {
	memory, err := dir.memorySpool()
	if err != nil {
		b.log.Warn("nothing is kept of the as-run while the disk is full", "err", err)
		return []string{dir.spool()}
	}
	b.refuge = memory
	b.closers = append(b.closers, emptied(memory))
	return []string{dir.spool(), memory}
}

// emptied is a folder that goes when there is nothing in it.
type emptied string

// Close removes the folder; one with something in it stays for the next start.
func (e emptied) Close() error {
	if err := os.Remove(string(e)); err != nil && !errors.Is(err, syscall.ENOTEMPTY) {
		return err
	}
	return nil
}

// builtAfter is a time before which no build of this program was made: an
// earlier clock is certainly wrong.
var builtAfter = time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)

// close closes what is open, the last opened first. The amplifier goes off.
func (b *board) close() {
	if b.memory != "" { // while the data folder is still locked, and with it this one ours
		if err := os.RemoveAll(b.memory); err != nil {
			b.log.Error("close", "err", err)
		}
	}
	for i := len(b.closers) - 1; i >= 0; i-- {
		if err := b.closers[i].Close(); err != nil {
			b.log.Error("close", "err", err)
		}
	}
	b.closers = nil
}

// openKept opens what is kept on disk, and seeds it the first time. spool are the
// folders that may hold an emergency.
func (b *board) openKept(ctx context.Context, spool []string) (err error) {
	kept := storeConfig(b.settings, b.clock.Now, b.log)
	b.restarted = b.boot != "" && lastBoot(folder(b.settings.Data)) == b.boot
	b.ran = folder(b.settings.Data).inhabited() || lastBoot(folder(b.settings.Data)) != ""
	kept.Hurry = playout.Interrupted(b.refuge) || playout.Alarming(spool)
	if b.db, err = store.OpenAnyway(ctx, kept); err != nil {
		return err
	}
	b.closers = append(b.closers, b.db)
	if b.library, err = openLibrary(b.settings, b.db, b.memory, b.clock.Now, b.log); err != nil {
		return err
	}
	if err := b.library.SeedBuiltIns(ctx); err != nil {
		b.log.Error("a built-in sound is missing in the library", "err", err)
	}
	b.clearRemoved(ctx)
	b.village, err = seed(ctx, b.db, b.settings, b.log)
	return err
}

// clearRemoved frees the room of recordings that can no more be taken back, and of
// those whose removal a power cut interrupted.
func (b *board) clearRemoved(ctx context.Context) {
	if _, err := b.library.Empty(ctx, b.clock.Now().Add(-recordings.TakeBackTime)); err != nil {
		b.log.Warn("the files of removed recordings could not be cleared; the next start tries again", "err", err)
	}
}

// openSound opens the amplifier and prepares the output.
func (b *board) openSound() (err error) {
	s := b.settings
	b.amp = b.openAmplifier()
	b.closers = append(b.closers, rested{b}, b.amp) // the amplifier goes off first
	if err := tryTape(s.Device); err != nil {
		return err
	}
	siren, err := recordings.SirenFile()
	if err != nil {
		return fmt.Errorf("open the siren: %w", err)
	}
	defer siren.Close()
	kept := &buffers{file: folder(s.Data).buffers(), now: b.clock.Now, log: b.log}
	b.output, err = speaker.NewOutput(speaker.Config{
		Command: []string{itself, "speaker"}, Device: s.Device, Siren: siren, Log: b.log,
		Buffer: s.Buffer, Lessons: kept.lessons(), Learned: kept.keep,
	})
	return err
}

// tryTape makes sure that the file of a file device can be written: a mistyped
// path is the technician's to correct now, not a missing card to wait for.
func tryTape(device string) error {
	choice, err := speaker.ParseDevice(device)
	if err != nil || choice.Kind != speaker.File {
		return err
	}
	info, err := os.Stat(choice.Path)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("--device %s: that is no ordinary file; name one that may be written over", device)
	}
	if _, err := os.Stat(filepath.Dir(choice.Path)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--device %s: its folder does not exist; create it or name another", device)
	}
	f, err := os.OpenFile(choice.Path, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("--device %s: the file cannot be written: %w", device, err)
	}
	return f.Close()
}

// wire ties the parts that decide and act. spool are the folders for what the
// database cannot take.
func (b *board) wire(spool []string) {
	b.producer = playout.NewProducer(playout.ProducerConfig{
		Village: b.settings.Village, Drafts: b.db, Cache: b.db, Words: b.db, Promises: b.db, Choices: b.db,
		Engine: newChoir(b.settings, b.clock.Now, b.log), Urgent: newCrier(b.settings, b.memory, b.clock.Now, b.log),
		Library: shelf{b.library, b.db}, Now: b.clock.Now, Done: func() { b.planner.Changed() }, Beat: b.pulse.Loop("producer", producerPatience), Log: b.log,
	})
	fallback := b.settings.fallback()
	b.player = playout.NewPlayer(playout.PlayerConfig{
		Village: b.settings.Village, Origin: b.db.Node(), Languages: b.village.Languages,
		Output: b.output, Siren: b.output, Amp: b.amp.amp(), Zones: b.amp.zones, Bypass: b.amp.sensed, Library: b.library, Journal: b.db, Emergencies: b.db,
		Voicer: b.producer.Crier(), Stations: b.stations(), Witness: b.witness(), MonitorZone: b.settings.MonitorZone, Places: b.db, Spool: spool, Segue: b.settings.Segue, Crossfade: b.settings.Crossfade, Duck: b.settings.Duck, BedFade: b.settings.BedFade, Memory: b.refuge, Boot: b.boot, Restarted: b.restarted, Settled: b.noteBoot, Released: func() { b.planner.Changed() },
		Fallback: func() string { return fallback }, Seen: b.clock.Saw, Clock: b.clock.State, Callers: func() playout.Callers { return b.panel.AlarmCallers() }, Button: b.buttonTrial(), Slept: b.clock.Slept, Now: b.clock.Now, Mono: audio.Monotonic, NewID: newID, Log: b.log,
		Beat: b.pulse.Loop("player", loopPatience),
	})
	b.studio = playout.NewStudio(playout.StudioConfig{
		Village: b.settings.Village, Air: b.player, Tapes: b.library, Names: b.db, Chime: builtInID(recordings.ChimeSound),
		Limit: b.settings.LiveLimit, Silence: b.settings.LiveSilence, Buffer: b.settings.LiveBuffer,
		Now: b.clock.Now, Mono: audio.Monotonic, NewID: newID, Beat: b.pulse.Loop("studio", slowPatience), Log: b.log,
	})
	b.openCalibrator()
	b.planner = scheduler.NewPlanner(scheduler.PlannerConfig{
		Ledger: b.db, Stage: b.player, Village: b.settings.Village, Horizon: horizon,
		Lead: b.settings.longestSettle() + wakeMargin, Now: b.clock.Now, Trusted: b.clock.Trusted, Steps: b.clock.Steps(), Slept: b.clock.Slept, UpSince: b.upSince, Next: b.player.Expect, Log: b.log,
		Beat: b.pulse.Loop("scheduler", plannerPatience),
	})
}

// shelf is the library with the index beside it, as the producer needs them.
type shelf struct {
	*recordings.Library
	index recordings.Index
}

func (s shelf) Recording(ctx context.Context, id string) (recordings.Recording, error) {
	return s.index.Recording(ctx, id)
}

func (b *board) openPanel() (err error) {
	var uploads web.Uploads
	var landing web.Landing
	var landed func()
	if b.uploads != nil {
		uploads, landing, landed = b.uploads, b.uploads, b.pulse.Loop("uploads", slowPatience)
	}
	b.panel, err = web.New(web.Config{
		Tuner: b.stations(), Monitor: monitored{b}, Knobs: knobs{b}, MonitorBook: b.db,
		VoiceBook: b.db, Prompter: b.producer,
		Announcements: b.db, Schedules: b.db, Places: b.db, Readings: b.db, Arrange: b.db, Stations: b.db, Approvals: b.db, Graves: b.db, Exceptions: b.db, Drills: b.db, AsRun: b.db, Tellings: b.db, Interchange: b.db, Keys: b.db, Chronicle: b.db, Shelf: b.db, Holdings: b.db, Labels: b.db, Bin: b.library, Keeping: b.db, Caretaker: b.caretaker(nil), Accounts: b.db,
		Roster: b.db, Setup: b.db, Sessions: b.db, Database: b.db, Damaged: b.db.Damaged, Newer: b.db.Newer, Behind: b.db.Behind, Gone: b.db.Gone,
		Upkeep: b.upkeep, BackupFiles: b.upkeep, Courier: b.courier, Partners: b.courier,
		Air: b.player, Alarm: b.player, Withdraw: b.player, Spool: b.player, Listen: b.output, Loudness: turner{b}, Studio: b.studio,
		Uploads: uploads, Landing: landing, LandingBeat: landed,
		Importer: b.library, Archive: b.library, Trimmer: b.library, Speaker: b.producer, Words: b.db, Reader: b.producer, Clock: b.clock,
		Diary: b.db, Authors: b.db, Texts: b.db, Bulletins: b.db, Slim: b.library, PublicKey: b.publicKey(),
		Invites: b.db, Invited: b.db, Pushes: b.db, PushDiary: b.db, Pusher: b.pusher(), Passkeys: b.db, PasskeyDoor: b.db,
		Village: b.settings.Village, Zones: b.settings.Amp.zoneNames(), Origin: b.db.Node(), Version: version,
		Logger: b.log, Now: b.clock.Now, NewID: newID, MetricsToken: b.settings.MetricsToken,
		Health: b.health, Loops: b.pulse,
		Changed: b.changed, SecurePort: b.door.port(), Trust: b.door.trust(),
	})
	return err
}

// greet prints where the panel is and, while there is no account, the link that
// makes the first one.
func (b *board) greet(ctx context.Context, out io.Writer, addr string) error {
	base := "http://" + reachable(addr)
	lines := []string{
		fmt.Sprintf("Loa Làng %s, thôn %s, xã %s", version, b.village.Name, b.village.Commune),
		"panel: " + base + "/",
	}
	if b.door != nil {
		lines = append(lines, "by https, where phones give the microphone: "+b.door.url()+"/")
	}
	secret, err := b.firstLink(ctx)
	switch {
	case b.db.Newer():
		lines = append(lines, "the database was written by a newer version of loalang: emergencies and the last plan go on; install that version again, or restore a backup made by this one")
	case b.db.Behind():
		lines = append(lines, "the database is as an older version of loalang left it and could not be brought up to date: emergencies and the last plan go on; free room on the disk, or put in a card that can be written, and start again; or install that version again")
	case b.db.Damaged():
		lines = append(lines, "the database is damaged: emergencies and the last plan go on; stop loalang, keep a copy of the data folder, run `sudo loalang-board data repair`, or restore the last backup where that saves too little, and start again")
	case err != nil:
		b.log.Error("no link for a first account could be made", "err", err)
	case secret != "":
		lines = append(lines, fmt.Sprintf("first account: %s/setup?t=%s", base, secret), "(that link works once, for 30 minutes)")
	}
	lines = append(lines, "end with Ctrl+C")
	_, err = fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

// firstLink makes the link for the first account; empty when there is one.
func (b *board) firstLink(ctx context.Context) (secret string, err error) {
	accounts, err := b.db.AllAccounts(ctx)
	if err != nil || len(accounts) > 0 {
		return "", err
	}
	secret = people.NewSecret()
	return secret, b.db.CreateSetup(ctx, people.HashSecret(secret), b.clock.Now().Add(setupLife))
}

// reachable turns ":8080" into an address that a browser on this machine opens.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
