package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"loalang/recordings"
)

// noFallback says that silence stays silence.
const noFallback = "none"

// setFallback takes the name of a built-in sound, the ID of a recording, or none.
func setFallback(s *settings, v string) error {
	switch v {
	case recordings.ChimeSound, recordings.OpeningSound, recordings.ClosingSound, noFallback:
	default:
		if raw, err := hex.DecodeString(v); err != nil || len(raw) != sha256.Size {
			return errors.New("use chime, opening, closing, none, or the ID of a recording, which `loalang recordings list` shows")
		}
	}
	s.Fallback = v
	return nil
}

// fallback is the recording that sounds instead of what cannot be heard; empty:
// none does.
func (s settings) fallback() string {
	if s.Fallback == noFallback {
		return ""
	}
	for _, b := range recordings.BuiltIns() {
		if b.Name == s.Fallback {
			return b.ID
		}
	}
	return s.Fallback
}
