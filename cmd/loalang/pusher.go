package main

import (
	"loalang/push"
	"loalang/web"
)

// noContact is the push-contact of a board that was given none: push services refuse a
// message that names nobody, and a board has no address of its own.
const noContact = "mailto:loalang@example.org"

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
	return &push.Sender{Keys: keys, Contact: b.settings.PushContact, Now: b.clock.Now, Client: push.PublicClient()}
}
