// Package web is the panel and the JSON API: it decodes, authorises, words
// errors in the person's language, and calls the rooms below through the small
// interfaces of needs.go.
//
// It must not know the database nor decide anything about the plan. Everything
// it serves is embedded. Handlers run on the server's goroutines; the package
// starts none that outlives what it was started for: a reading of the database
// that somebody waits for.
package web
