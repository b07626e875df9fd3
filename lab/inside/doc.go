// Package inside holds the tests that run inside the lab's virtual machines, on the
// kernel's own interfaces: relay, watchdogs, clock, sound cards. Outside they skip; the
// tests of package lab take them there.
package inside
