package people

import "time"

// Push is a browser in which somebody wants to be told what becomes of their notices.
type Push struct {
	ID       string // SHA-256 of Endpoint, hex
	Account  string // ID
	Endpoint string // of the browser's push service: whoever knows it may push
	Key      string // p256dh, base64url
	Auth     string // base64url
	Lang     string // "vi" or "en"
	Device   string // what the browser says it is
	// Mark is that of the account's sign-ins when it was made: after "sign out
	// everywhere" or another password nothing is told there any more.
	Mark    string
	Created time.Time
}

// PushTold is that a piece of news was told to a Push.
type PushTold struct {
	News string // names it
	Push string // ID
}
