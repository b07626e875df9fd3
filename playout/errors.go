package playout

import "errors"

var (
	// ErrClaimed says that the occurrence already has an as-run row.
	ErrClaimed = errors.New("occurrence already claimed")
	// ErrNoEmergency says that nothing is sounding that could be stopped.
	ErrNoEmergency = errors.New("no emergency is active")
	// ErrManyEmergencies says that as many emergencies are active as can be heard
	// in turn: end one, or replace one.
	ErrManyEmergencies = errors.New("too many emergencies are active")
	// ErrLiveBusy says that somebody else speaks live.
	ErrLiveBusy = errors.New("somebody else speaks live")
	// ErrQuietHours says that the village's rules forbid sound now.
	ErrQuietHours = errors.New("sound is not allowed now")
	// ErrNotOnAir says that the occurrence to stop is not sounding.
	ErrNotOnAir = errors.New("not on air")
)
