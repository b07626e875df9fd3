// Package enginetest holds the suite that every speech.Engine passes. It is
// imported by tests only.
package enginetest
