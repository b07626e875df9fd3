package main

import (
	"testing"
	"testing/synctest"
	"time"
)

// A disk that answers, by an error too, is none that hangs; one that does not is waited for, and what
// waited for it may come round once it answers.
func TestADiskThatHangsIsToldFromAProgramThatDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var took time.Duration
		d := &hungDisk{ask: func() { time.Sleep(took) }, mono: func() time.Duration { return time.Since(began) }}
		look := func(want bool) {
			t.Helper()
			synctest.Wait()
			if got := d.hangs(); got != want {
				t.Errorf("after %s it hangs: %v", time.Since(began), got)
			}
			time.Sleep(6 * time.Second)
		}
		for range 10 {
			look(false) // it answers at once: the program hangs
		}
		took = time.Second
		for range 10 {
			look(false)
		}
		took = 10 * time.Minute
		look(false) // it is asked
		for range 90 {
			look(true)
		}
		took = 0
		for range 10 { // it answers after ten minutes
			look(true)
		}
		for time.Since(began) < 14*time.Minute {
			d.hangs()
			time.Sleep(6 * time.Second)
		}
		look(false)
	})
}
