package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"loalang/audio"
	"loalang/audio/speaker"
	"loalang/health"
	"loalang/push"
)

// settings is the whole configuration: flags over LOALANG_* environment over
// loalang.toml over defaults.
type settings struct {
	Data         string
	Missing      bool // the data's disk is missing: Data is a folder in memory
	Listen       string
	ListenTLS    string // auto, off, or HOST:PORT
	Device       string
	Buffer       time.Duration // of the card; 0: as the output thinks best
	Village      string
	Log          slog.Level
	MetricsToken string
	PushContact  string // whom push services may write to: "mailto:…" or "https://…"
	ClockTrust   string // "kernel", or "system": the technician declares the clock good
	Amp          ampSettings
	Button       buttonSettings
	Monitor      string         // ALSA device that hears the loudspeakers; empty: none
	MonitorZone  string         // one of the zones, which it hears; empty: it hears them all
	Fallback     string         // a built-in sound, the ID of a recording, or none
	Settle       time.Duration  // from keying the amplifier until sound is safe
	Tail         time.Duration  // from the last frame until switching it off
	Segue        time.Duration  // silence between items that follow one another
	Crossfade    time.Duration  // by which they fade into one another, when there is no such silence
	LiveLimit    time.Duration  // of one live talk
	LiveSilence  time.Duration  // after which it ends
	LiveBuffer   time.Duration  // how long a live voice is held before it leaves the card
	Espeak       string         // program
	Engines      []engineTable  // that speak beside it, of loalang.toml alone
	AllowPrivate []netip.Prefix // networks of our own whose stations may be relayed
	Duck         audio.Duck     // how music gives way to the voice over it
	BedFade      time.Duration  // how long it takes to go behind the last word
	Limits       health.Limits  // from where on the board is not well
	Backup       bool           // every night
	BackupKeep   int            // newest backups that stay
	BackupSticks string         // folders of sticks that may keep them, patterns with commas between
	Copied       string         // why the copy of loalang.toml holds instead of it
	Given        []given        // what the environment says, in the order of the table
}

// setting is one entry of the table that reads every layer.
type setting struct {
	name  string // flag and TOML key; LOALANG_NAME in the environment
	value string // default
	help  string
	set   func(s *settings, value string) error
}

// env is the name of the variable that gives the setting.
func (e setting) env() string {
	return "LOALANG_" + strings.ToUpper(strings.ReplaceAll(e.name, "-", "_"))
}

var slug = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)

// table lists every setting; serve has a flag for each, the others only --data
// and what they name.
func table() []setting {
	return slices.Concat(mainTable(), ampTable(), buttonTable())
}

func mainTable() []setting {
	return []setting{
		{"data", "data", "folder that holds everything that is kept", setNamed("a folder", func(s *settings) *string { return &s.Data })},
		{"listen", "127.0.0.1:8080", "address of the panel; \":8080\" opens it to the local network", setListen},
		{"listen-tls", "auto", "address of the panel by https, where phones give it the microphone; auto: port 8443 beside --listen; off: none", func(s *settings, v string) error {
			if s.ListenTLS = v; v == "auto" || v == "off" {
				return nil
			}
			return checkAddress(v)
		}},
		{"device", "default", "sound output: default, the NAME of an ALSA device, null, or file:PATH", setDevice},
		{"buffer", "0s", "the card's buffer, 2ms to 1s; 0s: 6ms with real-time priority, 60ms without, larger when the card runs dry", setBuffer},
		{"village", "un-ta", "key of the village whose loudspeakers this board drives", setVillage},
		{"log", "info", "what is logged: debug, info, warn or error", setLog},
		{"metrics-token", "", "bearer token that may read /metrics from elsewhere than this machine", setText(func(s *settings) *string { return &s.MetricsToken })},
		{"push-contact", noContact, "whom push services may write to about this board: mailto:ADDRESS, or https:// and a page", func(s *settings, v string) error {
			s.PushContact = v
			return push.CheckContact(v)
		}},
		{"clock-trust", "kernel", "kernel: believe the clock when the kernel or an RTC vouches for it; system: always", func(s *settings, v string) error {
			if v != "kernel" && v != "system" {
				return errors.New("use kernel or system")
			}
			s.ClockTrust = v
			return nil
		}},
		{"monitor", "", "card whose input hears the amplifier's output, such as Monitor or plughw:CARD=Monitor,DEV=0; empty: what airs is not measured", setMonitor},
		{"monitor-zone", "", "which of the zones the monitor input hears; empty: all of them", setMonitorZone},
		{"fallback", "opening", "what sounds instead of a notice that cannot be heard: chime, opening, closing, the ID of a recording, or none", setFallback},
		{"settle", "2s", "how long the amplifier needs after switching on", setSpan(time.Minute, func(s *settings) *time.Duration { return &s.Settle })},
		{"tail", "1s", "how long the amplifier stays on after the last word", setSpan(time.Minute, func(s *settings) *time.Duration { return &s.Tail })},
		{"segue", "0s", "silence between items that run into one another, 0s to 10s; 0s: they join to the frame", setSpan(10*time.Second, func(s *settings) *time.Duration { return &s.Segue })},
		{"crossfade", "0s", "how long such items fade into one another when segue is 0s, 0s to 5s", setSpan(5*time.Second, func(s *settings) *time.Duration { return &s.Crossfade })},
		{"live-limit", "5m", "how long somebody may speak live; they may have it twice", setRange(func(s *settings) *time.Duration { return &s.LiveLimit }, 10*time.Second, 15*time.Minute)},
		{"live-silence", "20s", "after how long without a word a live talk ends", setRange(func(s *settings) *time.Duration { return &s.LiveSilence }, 2*time.Second, 10*time.Minute)},
		{"live-buffer", "200ms", "how long a live voice is held back, so that a bad line is not heard", setRange(func(s *settings) *time.Duration { return &s.LiveBuffer }, 40*time.Millisecond, 250*time.Millisecond)},
		{"allow-private", "", "networks of your own whose stations may be relayed, such as 192.168.7.0/24; with commas between; empty: public addresses only", setNetworks},
		{"duck-depth", "14", "by how many decibels music is lowered under a voice, 0 to 40", setDepth},
		{"duck-attack", "150ms", "how long music takes to go down before a voice, 5ms to 5s", setRange(func(s *settings) *time.Duration { return &s.Duck.Attack }, 5*time.Millisecond, 5*time.Second)},
		{"duck-release", "800ms", "how long it takes to come back, 5ms to 5s", setRange(func(s *settings) *time.Duration { return &s.Duck.Release }, 5*time.Millisecond, 5*time.Second)},
		{"bed-fade", "2s", "how long it takes to go behind the last word, 5ms to 5s", setRange(func(s *settings) *time.Duration { return &s.BedFade }, 5*time.Millisecond, 5*time.Second)},
		{"health-limits", "", "from where on the board is not well, such as temperature=75/82,disk=500/200: NAME=WARNING/FAULT with commas between; 0 is never", func(s *settings, v string) (err error) {
			s.Limits, err = health.ParseLimits(v)
			return err
		}},
		{"backup", "nightly", "when the board backs itself up: nightly, or off", setBackup},
		{"backup-keep", "7", "how many of the newest nightly backups stay, 1 to 60", setBackupKeep},
		{"backup-stick", "/media/*/" + stickFolder + ",/media/*/*/" + stickFolder + ",/run/media/*/*/" + stickFolder + ",/mnt/*/" + stickFolder, "folders on sticks that may keep nightly backups, with commas between; only those on another disk than the data are used", setText(func(s *settings) *string { return &s.BackupSticks })},
		{"espeak", "espeak-ng", "program that speaks Vietnamese", setNamed("a program", func(s *settings) *string { return &s.Espeak })},
	}
}

// setNamed takes a text that must be there; what says what is to be named.
func setNamed(what string, field func(*settings) *string) func(*settings, string) error {
	return func(s *settings, v string) error {
		if v == "" {
			return errors.New("name " + what)
		}
		*field(s) = v
		return nil
	}
}

func setVillage(s *settings, v string) error {
	if !slug.MatchString(v) {
		return errors.New("use small letters, digits and hyphens, such as un-ta")
	}
	s.Village = v
	return nil
}

func setBackup(s *settings, v string) error {
	if v != "nightly" && v != "off" {
		return errors.New("use nightly or off")
	}
	s.Backup = v == "nightly"
	return nil
}

func setBackupKeep(s *settings, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 60 {
		return errors.New("use a number from 1 to 60")
	}
	s.BackupKeep = n
	return nil
}

func setLog(s *settings, v string) error {
	if err := s.Log.UnmarshalText([]byte(v)); err != nil {
		return errors.New("use debug, info, warn or error")
	}
	return nil
}

func setText(field func(*settings) *string) func(*settings, string) error {
	return func(s *settings, v string) error {
		*field(s) = v
		return nil
	}
}

func setDepth(s *settings, v string) error {
	d, err := strconv.ParseFloat(v, 64)
	if err != nil || !(d >= 0 && d <= 40) {
		return errors.New("use a number of decibels from 0 to 40, such as 14")
	}
	s.Duck.Depth = audio.Decibels(-d)
	return nil
}

func setListen(s *settings, v string) error {
	s.Listen = v
	return checkAddress(v)
}

// checkAddress refuses what no port can be opened on.
func checkAddress(v string) error {
	if _, port, err := net.SplitHostPort(v); err != nil {
		return errors.New("use HOST:PORT, such as 127.0.0.1:8080")
	} else if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errors.New("the port is a number from 0 to 65535")
	}
	return nil
}

func setBuffer(s *settings, v string) error {
	d, err := time.ParseDuration(v)
	if err != nil || d != 0 && (d < speaker.LeastBuffer || d > time.Second) {
		return errors.New("use 0s, or 2ms to 1s")
	}
	s.Buffer = d
	return nil
}

// setRange reads a span with bounds of its own.
func setRange(field func(*settings) *time.Duration, least, most time.Duration) func(*settings, string) error {
	return func(s *settings, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d < least || d > most {
			return fmt.Errorf("use a span from %v to %v", least, most)
		}
		*field(s) = d
		return nil
	}
}

// setNetworks reads networks with commas between.
func setNetworks(s *settings, v string) error {
	s.AllowPrivate = nil
	for _, text := range strings.Split(v, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return errors.New("use networks such as 192.168.7.0/24, with commas between")
		}
		s.AllowPrivate = append(s.AllowPrivate, network.Masked())
	}
	return nil
}

func setSpan(most time.Duration, field func(*settings) *time.Duration) func(*settings, string) error {
	return func(s *settings, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d < 0 || d > most {
			return fmt.Errorf("use a span from 0s to %.0fs, such as 2s", most.Seconds())
		}
		*field(s) = d
		return nil
	}
}

// addFlags gives cmd a flag for each of the named settings; no names: all.
func addFlags(flags *pflag.FlagSet, names ...string) {
	for _, e := range table() {
		for _, n := range names {
			if n == e.name {
				flags.String(e.name, e.value, e.help)
			}
		}
		if len(names) == 0 {
			flags.String(e.name, e.value, e.help)
		}
	}
}

// settings reads every layer and reports all faults at once. They are a usageError, but
// where loalang.toml could not be read: an ill disk may give it the next time.
func (p program) settings(cmd *cobra.Command) (settings, error) {
	return p.layers(cmd).settle()
}

// settle works out what the layers say, with the faults of program.settings. What is returned beside
// a fault is not whole: see known for what of it still holds.
func (l layers) settle() (settings, error) {
	s := settings{Engines: l.engines, Copied: l.copied, Given: l.given}
	faults := l.faults
	for _, e := range table() {
		if err := e.set(&s, l.values[e.name]); err != nil {
			faults = append(faults, fmt.Sprintf("%s from %s is %q: %v", e.name, l.from[e.name], l.values[e.name], err))
		}
	}
	faults = append(faults, s.Amp.settle()...)
	faults = append(faults, s.zoneFaults()...)
	if len(faults) > 0 {
		sort.Strings(faults)
		err := errors.New(strings.Join(faults, "; "))
		if l.unread != nil {
			return s, err
		}
		return s, usageError{err}
	}
	return s, nil
}

// dataFolder finds the folder that may hold loalang.toml.
func (p program) dataFolder(cmd *cobra.Command) string {
	if f := cmd.Flags().Lookup("data"); f != nil && f.Changed {
		return f.Value.String()
	}
	if v, ok := p.env("LOALANG_DATA"); ok {
		return v
	}
	return "data"
}
