// Package standin is what a speech engine outside looks like, built on espeak-ng: a
// command, a server of piper's HTTP and a server of the Wyoming protocol, which
// speak their protocols exactly, and the same three misbehaving. A test runs them as
// processes of their own: its TestMain calls Main first, and Start starts one. It is
// imported by tests only.
package standin
