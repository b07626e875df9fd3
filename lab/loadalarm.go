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
		l.fault("raise an emergency", unended(ctx, l.Raise(ctx)))
		pause(ctx, r, 8*time.Second)
		l.fault("end an emergency", unended(ctx, l.Calm(ctx)))
	}
	return nil
}

// alarmLife is for how long an emergency is raised.
const alarmLife = time.Minute

// Raise raises an emergency. Acknowledged it goes on, whatever is done to the board, until Calm or
// for a minute.
func (l *Load) Raise(ctx context.Context) error {
	at := time.Now()
	_, err := l.Client.Ask(ctx, http.MethodPost, "/emergency", Object{"title": "Lũ quét", "reason": "diễn tập", "expires_in": int(alarmLife.Seconds())})
	if err == nil {
		l.Ledger.alarmed(at.Add(alarmLife - 2*time.Second)) // it may have begun before it was answered
	}
	return err
}

// Calm ends it.
func (l *Load) Calm(ctx context.Context) error {
	until := l.Ledger.alarmed(time.Time{})
	_, err := l.Client.Ask(ctx, http.MethodDelete, "/emergency", nil)
	if answered(err, http.StatusConflict) && time.Now().After(until) {
		return nil // it has ended by itself
	}
	return err
}
