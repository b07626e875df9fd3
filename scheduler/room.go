package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// Room is what one slot still holds of a voice that is yet to be recorded.
type Room struct {
	Slot  string        // ID
	Start time.Time     // of the slot on that day
	Left  time.Duration // the longest voice that airs, in whole seconds; 0: the slot is full
}

// rooms is how many slots RoomFor looks at: those that come next.
const rooms = 3

// leastVoice stands for a voice whose length is not known yet.
const leastVoice = time.Second

// RoomFor says how long the voice of an announcement in one language may be in
// the next slots, at most three, that its schedules promise within the horizon:
// so long that the notice airs in the slot itself and pushes nothing out of it
// that would air there otherwise. What the other languages hold as things stand
// is counted; those that are missing are not. It is pure, and asks BuildPlan, so
// that it is right whatever the plan's rules are; it costs some thirty plans. The
// error is that of BuildPlan.
func RoomFor(now time.Time, horizon time.Duration, book Book, announcement, language string) ([]Room, error) {
	if book.Village.MissingRule() == Wait {
		book.Village.Missing = LeaveOut // what waits for another language would hide the slot
	}
	base, err := BuildPlan(now, horizon, withVoice(book, announcement, language, leastVoice))
	if err != nil {
		return nil, err
	}
	var found []Room
	for _, o := range slotTurns(base, announcement) {
		left, err := roomOf(now, o, book, language)
		if err != nil {
			return nil, err
		}
		found = append(found, Room{Slot: o.Slot, Start: o.Nominal, Left: left})
	}
	return found, nil
}

// slotTurns are an announcement's next turns in slots, in order: those that air,
// and those for which the slot is full already.
func slotTurns(p Plan, announcement string) []Occurrence {
	var turns []Occurrence
	for _, o := range p.Occurrences {
		if o.Announcement == announcement && o.Slot != "" && !isHop(o.ID) {
			turns = append(turns, o)
		}
	}
	for _, om := range p.Omissions {
		if o := om.Occurrence; o.Announcement == announcement && o.Slot != "" && ForWantOfRoom(om.Reason.Code) && !isHop(o.ID) {
			turns = append(turns, o)
		}
	}
	slices.SortFunc(turns, func(x, y Occurrence) int {
		return cmp.Or(x.Nominal.Compare(y.Nominal), cmp.Compare(x.ID, y.ID))
	})
	return turns[:min(len(turns), rooms)]
}

// roomOf searches the longest voice for one turn, to the second.
func roomOf(now time.Time, turn Occurrence, book Book, language string) (time.Duration, error) {
	horizon := turn.Nominal.Sub(now) + time.Minute
	var neighbours []string
	fits := func(length time.Duration) (bool, error) {
		p, err := BuildPlan(now, horizon, withVoice(book, turn.Announcement, language, length))
		if err != nil {
			return false, err
		}
		airs := func(id string) bool {
			return slices.ContainsFunc(p.Occurrences, func(o Occurrence) bool { return o.ID == id })
		}
		if length == leastVoice {
			for _, o := range p.Occurrences {
				if o.Slot == turn.Slot { // its opening and closing as well
					neighbours = append(neighbours, o.ID)
				}
			}
		}
		return airs(turn.ID) && !slices.ContainsFunc(neighbours, func(id string) bool { return !airs(id) }), nil
	}
	if ok, err := fits(leastVoice); !ok || err != nil {
		return 0, err
	}
	least, most := leastVoice, slotLength(book, turn.Slot)
	for most-least > time.Second {
		middle := (least + (most-least)/2).Truncate(time.Second)
		ok, err := fits(middle)
		if err != nil {
			return 0, err
		}
		if ok {
			least = middle
		} else {
			most = middle
		}
	}
	return least, nil
}

func slotLength(book Book, id string) time.Duration {
	i := slices.IndexFunc(book.Slots, func(s Slot) bool { return s.ID == id })
	if i < 0 {
		return 0
	}
	return book.Slots[i].Length
}

// withVoice is book with a voice of a length behind one language of an
// announcement. Nothing of book is changed.
func withVoice(book Book, announcement, language string, length time.Duration) Book {
	book.Renditions = slices.DeleteFunc(slices.Clone(book.Renditions), func(r Rendition) bool {
		return r.Announcement == announcement && r.Language == language
	})
	book.Renditions = append(book.Renditions, Rendition{
		Owned: Owned{ID: "room"}, Announcement: announcement, Language: language, State: Ready, Recording: "room", Length: length,
	})
	return book
}
