package lab

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"
)

// alarm raises an emergency and ends it after some seconds.
func (l *Load) alarm(ctx context.Context, r *rand.Rand) error {
	if l.Alarm == 0 {
		return nil
	}
	for pause(ctx, r, l.Alarm) {
		_, err := l.Client.Ask(ctx, http.MethodPost, "/emergency", Object{"title": "Lũ quét", "reason": "diễn tập", "expires_in": 60})
		l.fault("raise an emergency", unended(ctx, err))
		pause(ctx, r, 8*time.Second)
		_, err = l.Client.Ask(ctx, http.MethodDelete, "/emergency", nil)
		l.fault("end an emergency", unended(ctx, err))
	}
	return nil
}
