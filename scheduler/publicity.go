package scheduler

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"
)

// BoardState says whether a village has a public board.
type BoardState string

// The states of a board. Only BoardOn shows anything to whoever comes by.
const (
	BoardUnasked BoardState = "" // nobody has decided yet
	BoardOn      BoardState = "on"
	BoardOff     BoardState = "off"
)

// BoardStates lists every BoardState.
func BoardStates() []BoardState { return []BoardState{BoardUnasked, BoardOn, BoardOff} }

// Publicity says what of a village is shown to people who do not sign in.
type Publicity struct {
	Board   BoardState
	Indexed bool // search engines may list the board
	// Address is where people open the board, as the poster prints it, such as
	// "http://loa.internal"; empty: where the poster itself was opened.
	Address string
}

// maxBoardAddress bounds an address on a poster: a QR code of a longer one is too fine
// for an old phone.
const maxBoardAddress = 200

func (f *faults) publicity(p Publicity) {
	if !slices.Contains(BoardStates(), p.Board) {
		f.add("board", FaultUnknown, string(p.Board))
	}
	if p.Address == "" {
		return
	}
	u, err := url.Parse(p.Address)
	switch {
	case utf8.RuneCountInString(p.Address) > maxBoardAddress:
		f.add("board_address", FaultTooLong, strconv.Itoa(maxBoardAddress))
	case err != nil, u.Host == "", u.Scheme != "http" && u.Scheme != "https", u.User != nil:
		f.add("board_address", FaultUnknown, "http://…")
	}
}

// Told are the title and the text of an announcement that people may read on the board: what was
// approved, where somebody approves, else what is written. False: it does not stand
// there at all, because it is withdrawn, sent back, deleted, not approved or for the
// loudspeakers alone.
func (a Announcement) Told() (title, text string, public bool) {
	q := a.Approval
	switch {
	case a.SpeakerOnly, !a.Withdrawn.IsZero(), !a.Deleted.IsZero():
		return "", "", false
	case q.State == Unasked, q.State == Approved && q.Pin == nil, q.State == Urgent && q.Pin == nil:
		return a.Title, a.Text, true
	case q.Pin == nil, q.Pin.At.IsZero(), q.State == Returned, q.State == TakenBack:
		return "", "", false
	}
	return cmp.Or(q.Pin.Title, a.Title), q.Pin.Text, true
}
