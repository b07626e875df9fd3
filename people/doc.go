// Package people says who may do what: Account, Token, Role, Principal. It is
// pure but for password hashing.
//
// It must not know the database, HTTP or sound.
package people
