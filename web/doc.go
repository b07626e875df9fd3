// Package web is the panel and the JSON API: it decodes, authorises, words
// errors in the person's language, and calls the rooms below through the small
// interfaces of needs.go.
//
// It must not know the database nor decide anything about the plan. Everything
// it serves is embedded. Handlers run on the server's goroutines; the package
// starts none of its own but those that Server.Run describes.
package web
