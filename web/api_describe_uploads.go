package web

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// describeUploads tells of the protocol tus, which huma does not serve.
func describeUploads(doc *huma.OpenAPI) {
	text, number := &huma.Schema{Type: huma.TypeString}, &huma.Schema{Type: huma.TypeInteger}
	in := func(name, where, description string, required bool, schema *huma.Schema) *huma.Param {
		return &huma.Param{Name: name, In: where, Description: description, Required: required, Schema: schema}
	}
	version := in("Tus-Resumable", "header", "1.0.0", true, text)
	id := in("id", "path", "", true, text)
	body := &huma.RequestBody{Content: map[string]*huma.MediaType{"application/offset+octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	done := func(status, description string) map[string]*huma.Response {
		return map[string]*huma.Response{status: {Description: description}}
	}
	checksum := in("Upload-Checksum", "header", "sha1 or sha256, a space, and the value in base64.", false, text)
	doc.AddOperation(&huma.Operation{
		OperationID: "create-upload", Method: http.MethodPost, Path: uploadRoot, Tags: []string{"recordings"}, Summary: "Begin to send a file in pieces (tus 1.0.0)",
		Description: "At most 100 MB. Metadata: filename, title, village, announcement and language (the take is put behind them), wording, seen, cut_from, cut_to, and key: a second upload of the same key and length is the first one. Needs the right: upload.",
		Parameters:  []*huma.Param{version, in("Upload-Length", "header", "Bytes.", true, number), in("Upload-Metadata", "header", "Pairs of a name, a space and a value in base64, with commas between.", false, text), checksum},
		RequestBody: body, Responses: done("201", "Begun; Location tells where, Upload-Offset how much has come"),
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "send-piece", Method: http.MethodPatch, Path: uploadRoot + "/{id}", Tags: []string{"recordings"}, Summary: "Send the next piece of a file",
		Description: "It is safe on the disk when it is answered. Needs the right: upload.",
		Parameters:  []*huma.Param{id, version, in("Upload-Offset", "header", "Where the piece begins.", true, number), checksum},
		RequestBody: body, Responses: done("204", "Kept; Upload-Offset tells how much has come"),
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "ask-upload", Method: http.MethodHead, Path: uploadRoot + "/{id}", Tags: []string{"recordings"}, Summary: "Ask how much of a file has come",
		Description: "Needs the right: upload.", Parameters: []*huma.Param{id, version}, Responses: done("200", "Upload-Offset and Upload-Length tell"),
	})
	doc.AddOperation(&huma.Operation{
		OperationID: "end-upload", Method: http.MethodDelete, Path: uploadRoot + "/{id}", Tags: []string{"recordings"}, Summary: "Give a file up that was half sent",
		Description: "Needs the right: upload.", Parameters: []*huma.Param{id, version}, Responses: done("204", "Gone"),
	})
}
