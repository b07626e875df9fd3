// Package people says who may do what: Account, Token, Role, Principal, and
// how names, passwords and secrets are made and checked. It is pure but for
// random numbers and password hashing.
//
// It must not know the database, HTTP or sound. It starts no goroutine.
package people
