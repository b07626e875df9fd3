package main

// buttonTrial tries for drills whether the panic button would raise an emergency; nil: there
// is none. It may be called before the button is open, and what it returns only after.
func (b *board) buttonTrial() func() string {
	if !b.settings.Button.fitted() {
		return nil
	}
	return func() string { return b.panic.Tried(b.button.State()) }
}
