package people

import "time"

// Off is the account when it may sign in no more from the instant now on. Everything
// that is signed in as it ends, and stays ended when it may sign in again.
func (a Account) Off(now time.Time) Account {
	if a.Active() {
		a.Disabled = now
		a.Signouts++
	}
	return a
}

// On is the account when it may sign in again.
func (a Account) On() Account {
	a.Disabled = time.Time{}
	return a
}

// SignedOut is the account when everything that is signed in as it has ended.
func (a Account) SignedOut() Account {
	a.Signouts++
	return a
}

// WithPassword is the account with another password, encoded; everything that is signed
// in as it ends.
func (a Account) WithPassword(encoded string) Account {
	a.Password = encoded
	return a.SignedOut()
}

// WithoutPIN is the account when it may choose a PIN as on the first day.
func (a Account) WithoutPIN() Account {
	a.PIN = ""
	return a
}
