// Package push tells a browser something while nobody looks at the panel: what is told
// is encrypted for that browser alone (RFC 8291), signed by the board (RFC 8292) and
// handed to the push service that the browser chose (RFC 8030). It knows neither people
// nor notices nor the database, starts no goroutine, and dials public addresses only.
package push
