package recordings

// Search says which recordings of a library are wanted. Its zero value wants all of
// them.
type Search struct {
	ID       string // of the one that is wanted; empty: of any
	Village  string // key, the built-in sounds are of every one; empty: of all
	Words    string // that stand in the title, in who brought it or in what was said with it, written with or without marks
	Purpose  Purpose
	Language string   // in which it is told, "pcc"
	Class    string   // of an announcement that uses it
	Topics   []string // of an announcement that uses it, any of these; empty: whatever it is about
	By       string   // who brought it
	Unused   bool     // nothing uses it
	Sort     Sort
	Skip     int // how many of those that are found come before
	Limit    int // at most so many; 0: none, they are only counted
}

// Purpose is what a recording is used for, as people ask for it.
type Purpose string

// The purposes.
const (
	AnyPurpose Purpose = ""
	OfPeople   Purpose = "take"    // recorded by a person
	OfVoice    Purpose = "speech"  // read by a voice, and used
	OfPreview  Purpose = "preview" // read by a voice to be heard beforehand; nothing uses it
	OfJingle   Purpose = "jingle"  // sounds around notices or in a slot
	OfBed      Purpose = "bed"     // sounds under notices
	OfSiren    Purpose = "siren"
	OfRemoved  Purpose = "removed" // removed, and can still be taken back
)

// Purposes are those that can be asked for, in the order in which they are shown.
func Purposes() []Purpose {
	return []Purpose{OfPeople, OfVoice, OfPreview, OfJingle, OfBed, OfSiren, OfRemoved}
}

// Sort is the order of what is found.
type Sort string

// The orders.
const (
	NewestFirst  Sort = "" // of the removed: those removed last
	OldestFirst  Sort = "oldest"
	ByTitle      Sort = "title"
	LongestFirst Sort = "longest"
)

// Sorts are all of them.
func Sorts() []Sort { return []Sort{NewestFirst, OldestFirst, ByTitle, LongestFirst} }

// Found is one recording that was looked for.
type Found struct {
	Recording
	Uses int // how many announcements, slots and villages use it
}

// Use is one place where a recording is used.
type Use struct {
	What  UseKind
	ID    string // of the announcement, the slot or the template; of a village its key
	Title string
	Airs  bool // it may still sound: the recording cannot be removed
}

// UseKind is what uses a recording.
type UseKind string

// What uses recordings.
const (
	UsedByNotice UseKind = "notice"   // it is what is told
	UsedAsBed    UseKind = "bed"      // it sounds under what is told
	UsedBySlot   UseKind = "slot"     // it opens, closes or fills a fixed time
	UsedAsFrame  UseKind = "frame"    // it sounds around every notice of the village
	UsedPrepared UseKind = "prepared" // it is what a message that is prepared for an emergency says
)
