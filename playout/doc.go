// Package playout is the only place where time meets sound: it produces
// renditions ahead of air, keys the amplifier, cues chime and voices at exact
// instants, stops, resumes, raises emergencies, and writes the as-run from what
// the output reported, never from the plan.
//
// It must not know the database, the web, or how a sound card works; what it
// needs are the small interfaces declared here. Player.Run and Producer.Run
// block and own their goroutines.
package playout
