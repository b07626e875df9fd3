package store_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"loalang/people"
)

func TestPushes(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	p := people.Push{ID: "a", Account: "1", Endpoint: "https://push.example/a", Key: "k", Auth: "s", Lang: "vi", Device: "Chrome", Mark: "m", Created: day0}
	q := people.Push{ID: "b", Account: "2", Endpoint: "https://push.example/b", Key: "k", Auth: "s", Lang: "en", Device: "Firefox", Mark: "m", Created: day0.Add(time.Hour)}
	check(t, s.SavePush(ctx, q), nil)
	check(t, s.SavePush(ctx, p), nil)
	p.Account, p.Mark = "2", "n" // somebody else signed in there
	check(t, s.SavePush(ctx, p), nil)
	all, err := s.Pushes(ctx)
	check(t, err, nil)
	same(t, "pushes", all, []people.Push{p, q})
	check(t, s.DropPush(ctx, "a"), nil)
	check(t, s.DropPush(ctx, "a"), fs.ErrNotExist)
	check(t, s.TellPush(ctx, people.PushTold{News: "old", Push: "b"}, day0), nil)
	check(t, s.TellPush(ctx, people.PushTold{News: "new", Push: "b"}, day0.Add(6*24*time.Hour)), nil)
	check(t, s.TellPush(ctx, people.PushTold{News: "new", Push: "b"}, day0.Add(8*24*time.Hour)), nil)
	told, err := s.PushTold(ctx)
	check(t, err, nil)
	same(t, "told", told, []people.PushTold{{News: "new", Push: "b"}})
}
