// Package proof decides whether what a monitor input heard is what was sent to
// the loudspeakers: sub-band envelopes, their correlation, and one lag that is
// followed. Gain, polarity, delay, echo, clipping and a drift of the clocks do not
// matter to it; that the amplifier is off does, which a Gate tells from crosstalk.
//
// It is arithmetic: it must not know cards, files, plans or the database, and it
// starts no goroutine. None of its types may be used by two goroutines at once.
// The method and its figures are those of docs/adr/0051.
package proof
