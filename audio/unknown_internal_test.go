package audio

import "testing"

// TestCueThatComesInTheMiddleOfAPullDucksNothing: until it has been looked at,
// nobody knows when a cue begins. One that came between two looks of the same pull
// counted as a voice that sounds, and a bed that began then began lowered.
func TestCueThatComesInTheMiddleOfAPullDucksNothing(t *testing.T) {
	cue, _ := newDeskCue(DeskCue{ID: "a", Source: Clip{}.Source(), At: 1}, 1, NewDesk(DeskOptions{}))
	var v voices
	v.note(cue, 4800)
	if sounds, until := v.at(4800); sounds || until != forever {
		t.Errorf("a voice sounds: %v, until %d; want silence without end", sounds, until)
	}
}
