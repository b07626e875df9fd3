package people

import "time"

// FindToken finds the token that a person means by its ID, alive or not, or by
// the name of the only one that is alive at the instant now, compared as
// FoldName does. The errors are ErrNoToken and ErrManyTokens.
func FindToken(all []Token, means string, now time.Time) (Token, error) {
	var found []Token
	for _, t := range all {
		if t.ID == means {
			return t, nil
		}
		if t.AliveAt(now) && FoldName(t.Name) == FoldName(means) {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 0:
		return Token{}, ErrNoToken
	case 1:
		return found[0], nil
	}
	return Token{}, ErrManyTokens
}
