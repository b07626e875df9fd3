package playout

import "time"

// Live is somebody who wants to speak live.
type Live struct {
	By    string
	Title string // of the as-run row
	Chime string // recording that sounds first; empty: none
	Feed  Feed
	Limit time.Duration // it never goes on longer
}

// LiveSession is the air's side of a live voice.
type LiveSession interface {
	ID() string // of the occurrence in the as-run
	// Changes tells each stage as it comes, TalkEnded last.
	Changes() <-chan LiveChange
	// End ends it, for a cause of the as-run.
	End(cause string)
}

// LiveChange is a new stage of a live voice.
type LiveChange struct {
	Stage TalkStage
	Cause string // of TalkEnded
}
