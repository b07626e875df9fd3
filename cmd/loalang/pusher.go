package main

import (
	"loalang/push"
	"loalang/web"
)

// pushContact is whom a push service may write to about this board. Some refuse a
// message without one; a board has no address of its own.
const pushContact = "mailto:loalang@example.org"

// pusher hands messages to browsers' push services, under keys of this board; nil: where
// there is no https, or the keys cannot be kept. Nothing else needs it.
func (b *board) pusher() web.Pusher {
	if b.door == nil {
		return nil
	}
	keys, err := push.OpenKeys(folder(b.settings.Data).pushKey())
	if err != nil {
		b.log.Error("nobody is told anything in a browser", "err", err)
		return nil
	}
	return &push.Sender{Keys: keys, Contact: pushContact, Now: b.clock.Now, Client: push.PublicClient()}
}
