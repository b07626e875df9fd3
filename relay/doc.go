// Package relay receives a higher station, by internet or on a line input, and
// gives it as PCM in real time: fetched within an allow-list of addresses, decoded
// by a Decoder that has no network, brought to −18 LUFS as it runs, and replaced by
// a local recording while it is lost or silent.
//
// It must not know slots, plans, recordings' library, the output or the web. A Feed
// runs two goroutines from NewFeed to Close; nothing else runs any beyond a call.
package relay
