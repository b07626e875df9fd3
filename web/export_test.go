package web

import (
	"context"
	"strings"
)

// TextDiff shows the tests how two texts are told apart: "+" before what is new,
// "-" before what is gone, brackets around more than one word.
func TextDiff(old, current string) string {
	var said []string
	for _, p := range textDiff(old, current) {
		text := p.Text
		if (p.Gone || p.New) && strings.Contains(text, " ") {
			text = "[" + text + "]"
		}
		if p.Gone {
			text = "-" + text
		}
		if p.New {
			text = "+" + text
		}
		said = append(said, text)
	}
	return strings.Join(said, " ")
}

// TooSlow shows the tests when a voice was not done in time.
func TooSlow(ctx context.Context, err error) bool { return tooSlow(ctx, err) }
