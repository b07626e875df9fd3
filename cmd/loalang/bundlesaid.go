package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"time"

	"loalang/archive"
	"loalang/scheduler"
)

// bundleSaid is what a command about a bundle prints with --json.
type bundleSaid struct {
	Board       string       `json:"board,omitempty"`
	Village     string       `json:"village,omitempty"`
	Fingerprint string       `json:"fingerprint,omitempty"` // of the board that made it
	Made        time.Time    `json:"made,omitzero"`
	Bytes       int64        `json:"bytes"`
	Copied      int64        `json:"copied"` // bytes that had to be, now
	Pieces      int          `json:"pieces,omitempty"`
	Lines       []bundleLine `json:"lines,omitempty"` // what becomes of everything in it
	Seen        string       `json:"seen,omitempty"`  // what --seen takes, to agree to these lines alone
	Code        string       `json:"code,omitempty"`  // why it failed, see bundleFault; empty: it did not
}

// bundleLine is what becomes of one thing in a bundle.
type bundleLine struct {
	Deed  string               `json:"deed"` // new, change, withdraw, same, keep
	Kind  string               `json:"kind"` // notice, word
	What  string               `json:"what"`
	Why   string               `json:"why,omitempty"`   // a key of bundleWhy
	Text  string               `json:"text,omitempty"`  // how what it tells begins; of new and change
	Class string               `json:"class,omitempty"` // of new and change
	Until time.Time            `json:"until,omitzero"`  // end of its validity, of new and change; zero: none
	Airs  []scheduler.Schedule `json:"airs,omitempty"`  // when it airs on this board from then on
	Ends  []scheduler.Schedule `json:"ends,omitempty"`  // when it would have aired, and does not from then on
	Sum   string               `json:"sum,omitempty"`   // names all that the bundle tells of it
}

// bundleWhy are the words for each reason of a line.
var bundleWhy = map[string]string{
	"":        "",
	"own":     "it was made here",
	"edited":  "it was edited here",
	"removed": "it was removed here",
	"older":   "what is here came with a newer bundle of that board",
	"over":    "its validity is over there",
	"other":   "it ended there, and came here from another board",
	"no-slot": "one of its times is left out: this board has no slot that begins then",
}

// digestOf names lines, so that what is done is what was seen.
func digestOf(lines []bundleLine) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(lines) // strings always encode, and a hash takes all
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// codedError is an error with the code of its words in the panel.
type codedError struct {
	code string
	error
}

// Unwrap gives the error within.
func (e codedError) Unwrap() error { return e.error }

var errOtherThanSeen error = codedError{"other", errors.New("this is not any more what was looked at: look at it again with --dry-run")}

// bundleFaults are the codes of errors about bundles.
var bundleFaults = []struct {
	err  error
	code string
}{
	{archive.ErrForged, "forged"},
	{archive.ErrChanged, "changed"},
	{archive.ErrCutShort, "cut-short"},
	{archive.ErrNewer, "newer"},
	{archive.ErrNotArchive, "not-there"},
	{fs.ErrNotExist, "not-there"},
	{syscall.ENOSPC, "no-room"},
	{syscall.EROFS, "read-only"},
	{syscall.EACCES, "read-only"},
	{syscall.EPERM, "read-only"},
	{syscall.EIO, "changed"},
}

// bundleFault is the code of why something with a bundle failed; web has words for each.
func bundleFault(err error) string {
	var coded codedError
	if errors.As(err, &coded) {
		return coded.code
	}
	for _, f := range bundleFaults {
		if errors.Is(err, f.err) {
			return f.code
		}
	}
	return "failed"
}

// printBundle prints what was said as JSON, or as words; and returns the error.
func printBundle(out io.Writer, said bundleSaid, failed error, asJSON bool, words func() error) error {
	if !asJSON {
		if failed != nil {
			return failed
		}
		return words()
	}
	if failed != nil {
		said.Code = bundleFault(failed)
	}
	return errors.Join(failed, json.NewEncoder(out).Encode(said))
}

// printLines prints a line for each thing in a bundle, and one for each of its schedules.
func printLines(out io.Writer, lines []bundleLine, slots []scheduler.Slot, loc *time.Location) error {
	for _, l := range lines {
		said := fmt.Sprintf("%s\t%s\t%s\n", l.Deed, l.What, bundleWhy[l.Why])
		for _, sc := range l.Airs {
			said += "\tairs " + scheduleWords(sc, slots, loc) + "\n"
		}
		for _, sc := range l.Ends {
			said += "\tno more " + scheduleWords(sc, slots, loc) + "\n"
		}
		if _, err := io.WriteString(out, said); err != nil {
			return err
		}
	}
	return nil
}

// scheduleWords says when a schedule airs, by the village's time, for a terminal.
func scheduleWords(sc scheduler.Schedule, slots []scheduler.Slot, loc *time.Location) string {
	var said []string
	for _, id := range sc.Slots {
		if i := slices.IndexFunc(slots, func(s scheduler.Slot) bool { return s.ID == id }); i >= 0 {
			said = append(said, fmt.Sprintf("in %s %s", slots[i].Name, slots[i].Start))
		}
	}
	if !sc.At.IsZero() {
		said = append(said, "at "+sc.At.In(loc).Format("2006-01-02 15:04"))
	}
	if sc.Rule != "" {
		said = append(said, "by "+sc.Rule)
	}
	if sc.Kind == scheduler.Slots {
		said = append(said, fmt.Sprint("on ", sc.Days))
	}
	if sc.From != (scheduler.Date{}) {
		said = append(said, fmt.Sprint("from ", sc.From))
	}
	if sc.Until != (scheduler.Date{}) {
		said = append(said, fmt.Sprint("until ", sc.Until))
	}
	return strings.Join(said, ", ")
}
