package speaker

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"loalang/audio"
)

// Card is one playback device of one sound card.
type Card struct {
	Index  int    // of the card; changes with the order of plugging in
	ID     string // of the card; stays
	Long   string // as the driver describes the card, or the device
	Device int
	HDMI   bool   // a screen, which nobody hears in the village
	Path   string // where it is plugged in; empty: unknown
	USB    string // VENDOR:PRODUCT or VENDOR:PRODUCT:SERIAL; empty: it is no USB card
}

// Name is ALSA's name for it: it survives a change of Index, but of two cards of one
// make the one found first has the shorter ID.
func (c Card) Name() string { return fmt.Sprintf("plughw:CARD=%s,DEV=%d", c.ID, c.Device) }

// ListCards reads the playback devices the kernel knows, by card and device.
// root is "/" on a board; tests give a folder with a proc/asound below it. No
// sound support at all is an empty list, not an error.
func ListCards(root string) ([]Card, error) {
	f, err := os.Open(filepath.Join(root, "proc/asound/pcm"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list sound cards: %w", err)
	}
	defer closeFile(f)
	var cards []Card
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if c, ok := parsePCM(lines.Text()); ok {
			c.describe(root)
			c.locate(root)
			cards = append(cards, c)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("list sound cards: %w", err)
	}
	return cards, nil
}

// parsePCM understands a line of /proc/asound/pcm such as
// "00-03: HDMI 0 : HDMI 0 : playback 1"; ok is false for capture only.
func parsePCM(line string) (Card, bool) {
	address, rest, _ := strings.Cut(line, ":")
	card, device, _ := strings.Cut(address, "-")
	index, err := strconv.Atoi(card)
	if err != nil {
		return Card{}, false
	}
	number, err := strconv.Atoi(device)
	if err != nil || !strings.Contains(rest, ": playback ") {
		return Card{}, false
	}
	words, _, _ := strings.Cut(rest, ": playback ")
	name, _, _ := strings.Cut(words, " : ")
	return Card{Index: index, Device: number, Long: strings.TrimSpace(name), HDMI: isScreen(words)}, true
}

// describe fills in what other files tell of the card. A file that is missing
// leaves its field: the card may just have been unplugged.
func (c *Card) describe(root string) {
	c.ID = strconv.Itoa(c.Index)
	id, err := os.ReadFile(filepath.Join(root, "proc/asound", fmt.Sprintf("card%d", c.Index), "id"))
	if err == nil && strings.TrimSpace(string(id)) != "" {
		c.ID = strings.TrimSpace(string(id))
	}
	c.HDMI = c.HDMI || isScreen(c.ID)
	all, err := os.ReadFile(filepath.Join(root, "proc/asound/cards"))
	if err != nil {
		return
	}
	for line := range strings.Lines(string(all)) {
		number, words, found := strings.Cut(line, "[")
		if !found || strings.TrimSpace(number) != strconv.Itoa(c.Index) {
			continue
		}
		if _, long, found := strings.Cut(words, " - "); found {
			c.Long = strings.TrimSpace(long)
		}
	}
}

// isScreen says whether words of a driver speak of HDMI or DisplayPort.
func isScreen(words string) bool {
	words = strings.ToLower(words)
	return strings.Contains(words, "hdmi") || strings.Contains(words, "displayport")
}

// chooseDefault is the only card that is not HDMI, on its first device; once it was
// chosen, the same card again, whatever else there is. Its error is ErrNoCard with the
// names to choose from.
func chooseDefault(cards []Card, was *Card) (Card, error) {
	var found []Card
	for _, c := range cards {
		same := func(o Card) bool { return o.Index == c.Index }
		if !c.HDMI && !slices.ContainsFunc(found, same) {
			found = append(found, c)
		}
	}
	if was != nil {
		return again(*was, found)
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return Card{}, fmt.Errorf("%w: there are %d, choose one with --device: %s", ErrNoCard, len(found), names(found))
	case len(cards) > 0:
		return Card{}, fmt.Errorf("%w: there is only HDMI; plug in a card, or choose with --device: %s", ErrNoCard, names(cards))
	}
	return Card{}, fmt.Errorf("%w: plug one in, or load its driver", ErrNoCard)
}

// again is the card that was the default before, in the same place or, plugged in
// elsewhere, with the same make and serial number. Another card is none: who looks
// at the panel must know which loudspeaker sounds.
func again(was Card, cards []Card) (Card, error) {
	var there, fit []Card
	for _, c := range cards {
		switch {
		case was.Path == "" && was.USB == "" && c.ID == was.ID, was.Path != "" && c.Path == was.Path:
			there = append(there, c)
		case was.USB != "" && c.USB == was.USB:
			fit = append(fit, c)
		}
	}
	switch {
	case len(there) > 0:
		return there[0], nil
	case len(fit) == 1:
		return fit[0], nil
	case len(cards) == 0:
		return Card{}, fmt.Errorf("%w: %s (%s) is not there; plug it in", ErrNoCard, was.Stable(), was.Long)
	}
	return Card{}, fmt.Errorf("%w: the default was %s (%s), which is not there; plug it in again, or choose another with --device: %s",
		ErrNoCard, was.Stable(), was.Long, names(cards))
}

// moved says that the default is not quite what it was; empty when it is.
func moved(was *Card, now Card) string {
	switch {
	case was == nil || was.Stable() == now.Stable() && was.USB == now.USB:
		return ""
	case was.Path == now.Path:
		return fmt.Sprintf("another sound card is plugged in where the last one was: %s instead of %s", now.Long, was.Long)
	}
	return fmt.Sprintf("the sound card %s is plugged in elsewhere than before: %s instead of %s", now.Long, now.Stable(), was.Stable())
}

func names(cards []Card) string {
	var all []string
	for _, c := range cards {
		all = append(all, fmt.Sprintf("%s (%s)", strings.Join(c.Names(), " = "), c.Long))
	}
	return strings.Join(all, ", ")
}

// Holder is a process that has a card open.
type Holder struct {
	PID  int
	Name string // of its program; empty when it could not be read
}

// HolderOf names who has a playback device open; ok is false when nobody has.
// root is as in ListCards.
func HolderOf(root string, card, device int) (h Holder, ok bool) {
	for _, sub := range substreams(root, card, device) {
		pid := procField(filepath.Join(sub, "status"), "owner_pid")
		if pid <= 0 {
			continue
		}
		name, err := os.ReadFile(filepath.Join(root, "proc", strconv.Itoa(pid), "comm"))
		if err != nil {
			name = nil // gone, or another's: the number alone must do
		}
		return Holder{PID: pid, Name: strings.TrimSpace(string(name))}, true
	}
	return Holder{}, false
}

// String is how a sentence names h.
func (h Holder) String() string {
	if h.Name == "" {
		return fmt.Sprintf("process %d", h.PID)
	}
	return fmt.Sprintf("%s (process %d)", h.Name, h.PID)
}

// ring is how a card takes sound: in periods, from a buffer of several.
type ring struct {
	Period audio.Frames
	Buffer audio.Frames
}

// ringOf reads the period and buffer at which a playback device really runs; ok
// is false when it is closed or resamples, since then they count other frames.
func ringOf(root string, card, device int) (r ring, ok bool) {
	for _, sub := range substreams(root, card, device) {
		params := filepath.Join(sub, "hw_params")
		if procField(params, "rate") != int(audio.Rate) {
			continue
		}
		r.Period = audio.Frames(procField(params, "period_size"))
		r.Buffer = audio.Frames(procField(params, "buffer_size"))
		if r.Period > 0 && r.Buffer >= r.Period {
			return r, true
		}
	}
	return ring{}, false
}

func substreams(root string, card, device int) []string {
	subs, err := filepath.Glob(filepath.Join(root, "proc/asound", fmt.Sprintf("card%d", card), fmt.Sprintf("pcm%dp", device), "sub*"))
	if err != nil {
		panic("speaker: " + err.Error()) // the pattern above is well formed
	}
	return subs
}

// procField is the number behind "key:" in a file of /proc/asound; 0 when there
// is none.
func procField(path, key string) int {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		name, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(name) != key {
			continue
		}
		number, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			return 0
		}
		return n
	}
	return 0
}

// opened lists the playback devices that this process has open. The kernel
// notes the thread that opened, so every thread is compared.
func opened(root string, cards []Card) []Card {
	var ours []Card
	for _, c := range cards {
		h, held := HolderOf(root, c.Index, c.Device)
		if !held {
			continue
		}
		if _, err := os.Stat(filepath.Join(root, "proc/self/task", strconv.Itoa(h.PID))); err == nil {
			ours = append(ours, c)
		}
	}
	return ours
}
