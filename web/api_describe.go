package web

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// describe completes the API's description: what huma does not serve is added
// by hand, every call may answer with a Problem, and how to sign in.
func (s *Server) describe(api huma.API) {
	doc := api.OpenAPI()
	doc.Info.Description = "Announcements of a village's loudspeakers: what is told, when, and what became of it. " +
		"Instants are RFC 3339 in UTC; spans are seconds; errors are application/problem+json with stable codes."
	doc.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	doc.Servers = []*huma.Server{{URL: "/"}}
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "Made by `loalang token add`."},
		"session": {Type: "apiKey", In: "cookie", Name: "loalang", Description: "Set by signing in to the panel."},
	}
	doc.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	s.describeByHand(doc)
	registry := doc.Components.Schemas
	problem := &huma.Response{
		Description: "What is wrong and what to do (RFC 9457).",
		Content:     map[string]*huma.MediaType{problemType: {Schema: registry.Schema(reflect.TypeFor[Problem](), true, "Problem")}},
	}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				op.Responses["default"] = problem
			}
		}
	}
	delete(registry.Map(), "ErrorModel") // ours took its place
	delete(registry.Map(), "ErrorDetail")
}

func (s *Server) describeByHand(doc *huma.OpenAPI) {
	text, binary := &huma.Schema{Type: huma.TypeString}, &huma.Schema{Type: huma.TypeString, Format: "binary"}
	registry := doc.Components.Schemas
	schema := func(t reflect.Type, name string) *huma.Schema { return registry.Schema(t, true, name) }
	query := func(name, description string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: description, Schema: text}
	}
	id := &huma.Param{Name: "id", In: "path", Required: true, Schema: text}
	came := map[string]*huma.MediaType{"audio/flac": {Schema: binary}, "application/octet-stream": {Schema: binary}}
	played := map[string]*huma.MediaType{"audio/wav": {Schema: binary}, "audio/mpeg": {Schema: binary}}
	answer := func(description string, content map[string]*huma.MediaType) *huma.Response {
		return &huma.Response{Description: description, Content: content}
	}
	doc.AddOperation(&huma.Operation{
		OperationID: "create-recording", Method: http.MethodPost, Path: apiRoot + "/recordings", Tags: []string{"recordings"},
		Summary:     "Send a sound file into the library",
		Description: "m4a, mp3, ogg, webm, wav, flac, amr, 3gp or aac; at most 100 MB and an hour. The fields title, cut_from and cut_to (seconds: the piece that is kept) come before the field file; other fields before it are refused. It answers once the recording is levelled and safe on disk. Needs the right: upload.",
		Parameters:  []*huma.Param{query("village", "Key; the board's own when left out."), query("import", "16 to 64 hex digits of one's own choice, under which GET /imports/{id} tells how far it is.")},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"title": text, "cut_from": text, "cut_to": text, "file": binary},
		}}}},
		Responses: map[string]*huma.Response{"201": answer("Created", map[string]*huma.MediaType{"application/json": {Schema: schema(reflect.TypeFor[recordingJSON](), "RecordingJSON")}})},
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "hear-recording", Method: http.MethodGet, Path: apiRoot + "/recordings/{id}/audio", Tags: []string{"recordings"},
		Summary: "Hear a recording as it airs", Description: "48 kHz WAV, or an MP3 that takes a twentieth of that; Range is understood. Needs the right: view.",
		Parameters: []*huma.Param{id, query("format", "wav, or slim: MP3, 24 kHz, 40 kbit/s, made when it is first asked for; wav when left out.")},
		Responses:  map[string]*huma.Response{"200": answer("The sound", played), "206": answer("A part of the sound", played)},
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "hear-recording-before", Method: http.MethodGet, Path: apiRoot + "/recordings/{id}/before", Tags: []string{"recordings"},
		Summary: "Hear a recording as it came", Description: "32 kHz FLAC, or the contour of its wave, made when it is first asked for; Range is understood. Needs the right: view.",
		Parameters: []*huma.Param{id, query("format", "flac, or contour: a byte for each twentieth of a second, its highest magnitude, 255 being full scale; flac when left out.")},
		Responses:  map[string]*huma.Response{"200": answer("The sound", came), "206": answer("A part of the sound", came)},
	})
	describeTables(doc, query, answer)
	describeUploads(doc)
	s.describeBackups(doc)
	s.describeBundles(doc)
	s.describeStreams(doc, query, answer)
}

// describeTables adds what a spreadsheet reads.
func describeTables(doc *huma.OpenAPI, query func(name, description string) *huma.Param, answer func(string, map[string]*huma.MediaType) *huma.Response) {
	text := &huma.Schema{Type: huma.TypeString}
	doc.AddOperation(&huma.Operation{
		OperationID: "get-asrun", Method: http.MethodGet, Path: apiRoot + "/asrun", Tags: []string{"as-run"},
		Summary:     "Read what became of every occurrence",
		Description: "CSV when Accept asks for text/csv. Needs the right: view.",
		Parameters: []*huma.Param{
			query("village", "Key; the board's own when left out."), query("from", "A day such as 2026-11-23, or an instant; today when left out."),
			query("to", "A day, inclusive, or an instant, exclusive; today when left out."), query("format", "json or csv."),
		},
		Responses: map[string]*huma.Response{"200": answer("The as-run", map[string]*huma.MediaType{
			"application/json": {Schema: doc.Components.Schemas.Schema(reflect.TypeFor[asRunJSON](), true, "AsRunJSON")}, "text/csv": {Schema: text},
		})},
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "get-report-csv", Method: http.MethodGet, Path: apiRoot + "/report.csv", Tags: []string{"as-run"},
		Summary:     "Read a report's figures for a spreadsheet",
		Description: "UTF-8 with a byte order mark, commas, whole numbers only; the parameters of get-report. One line for each key of each dimension, before them what is counted apart, behind them the causes. Needs the right: view.",
		Parameters: []*huma.Param{
			query("village", "Key; the board's own when left out; * is all."), query("month", "Such as 2026-11; this month when all days are left out."), query("from", "First day."), query("to", "Last day, inclusive."),
			query("by", "Dimensions, with commas; all when left out."), query("topic", "Only of this topic; - is none."), query("issuer", "Only of this issuer; - is none."), query("language", "Only in this language; - is none."),
		},
		Responses: map[string]*huma.Response{"200": answer("The file", map[string]*huma.MediaType{"text/csv": {Schema: text}})},
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "export-words", Method: http.MethodGet, Path: apiRoot + "/words/export", Tags: []string{"words"},
		Summary: "Read all words as a file that import-words takes", Description: "UTF-8 with a byte order mark, commas. Needs the right: view.",
		Parameters: []*huma.Param{query("village", "Key; the board's own when left out.")},
		Responses:  map[string]*huma.Response{"200": answer("The file", map[string]*huma.MediaType{"text/csv": {Schema: text}})},
	})
}

func (s *Server) describeStreams(doc *huma.OpenAPI, query func(name, description string) *huma.Param, answer func(string, map[string]*huma.MediaType) *huma.Response) {
	registry := doc.Components.Schemas
	air := registry.Schema(reflect.TypeFor[airJSON](), true, "AirJSON")
	doc.AddOperation(&huma.Operation{
		OperationID: "watch-air", Method: http.MethodGet, Path: apiRoot + "/air/events", Tags: []string{"air"},
		Summary:     "Watch what the village hears",
		Description: "Server-sent events. \"air\": the whole of GET /air, at each change and once a second. \"level\": only its level, up to ten times a second between. \"end\": signed out. Needs the right: view.",
		Responses: map[string]*huma.Response{"200": answer("The events", map[string]*huma.MediaType{"text/event-stream": {
			Schema: &huma.Schema{Type: huma.TypeString}, Extensions: map[string]any{"x-event-air": air},
		}})},
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "listen-air", Method: http.MethodGet, Path: apiRoot + "/air/listen", Tags: []string{"air"},
		Summary: "Listen in", Description: "What leaves the mixer from now on, as an endless WAV. Needs the right: view.",
		Parameters: []*huma.Param{query("format", "wav: 48 kHz, 16 bits. slim: 16 kHz µ-law, for a thin line.")},
		Responses:  map[string]*huma.Response{"200": answer("The sound", map[string]*huma.MediaType{"audio/wav": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}})},
	})
	order := registry.Schema(reflect.TypeFor[liveOrder](), true, "LiveOrder")
	state := registry.Schema(reflect.TypeFor[liveState](), true, "LiveState")
	doc.AddOperation(&huma.Operation{
		OperationID: "speak-live", Method: http.MethodGet, Path: apiRoot + "/live", Tags: []string{"air"},
		Summary: "Speak live: a WebSocket",
		Description: "Opens a WebSocket (RFC 6455); docs/API.md tells its messages. The caller sends LiveOrder as text, the first within 10 s being start, and the microphone as binary messages of 20 ms: " +
			"number (uint32), microseconds of the sender's clock (uint64), 480 frames at 24 kHz (int16), all little-endian, mono. The board sends LiveState as text ten times a second, and closes after the stage ended. " +
			"Needs the right: live; a token needs the emergency right besides. A browser's Origin must be the panel's.",
		Responses: map[string]*huma.Response{"101": {
			Description: "The line is open.", Extensions: map[string]any{"x-message-order": order, "x-message-state": state},
		}},
	})
}
