package upload

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Version is the version of the protocol.
const Version = "1.0.0"

const (
	extensions = "creation,creation-with-upload,checksum,termination,expiration"
	bodyType   = "application/offset+octet-stream"
)

// Caller is who makes a request, and what is done for them. Every field is required.
type Caller struct {
	Owner string
	Note  []byte // JSON that is kept with an upload that they begin
	// Admit refuses what they may not send; its errors go to Fail.
	Admit func(Upload) error
	// Fail answers with an error: a Fault, one of Admit, or one of the disk.
	Fail func(error)
}

// Serve answers a request of the protocol: about the upload id, or, when that is
// empty, about uploads as such. The body must be the connection's own: Serve sets the
// read deadlines.
func (s *Shelf) Serve(w http.ResponseWriter, r *http.Request, id string, who Caller) {
	method := r.Method
	if as := r.Header.Get("X-HTTP-Method-Override"); as != "" && method == http.MethodPost {
		method = strings.ToUpper(as)
	}
	w.Header().Set("Tus-Resumable", Version)
	w.Header().Set("Cache-Control", "no-store")
	if method == http.MethodOptions {
		s.options(w)
		return
	}
	if err := s.serve(request{w, r, id, who}, method); err != nil {
		who.Fail(err)
	}
}

// request is one request on its way through.
type request struct {
	w   http.ResponseWriter
	r   *http.Request
	id  string
	who Caller
}

func (s *Shelf) serve(q request, method string) error {
	if q.r.Header.Get("Tus-Resumable") != Version {
		q.w.Header().Set("Tus-Version", Version)
		return Fault{http.StatusPreconditionFailed, "tus-version"}
	}
	switch {
	case method == http.MethodPost && q.id == "":
		return s.create(q)
	case method == http.MethodHead && q.id != "":
		return s.head(q)
	case method == http.MethodPatch && q.id != "":
		return s.patch(q)
	case method == http.MethodDelete && q.id != "":
		return s.terminate(q)
	}
	return Fault{http.StatusMethodNotAllowed, "upload-method"}
}

func (s *Shelf) options(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Tus-Version", Version)
	h.Set("Tus-Extension", extensions)
	h.Set("Tus-Max-Size", strconv.FormatInt(s.cfg.Bytes, 10))
	h.Set("Tus-Checksum-Algorithm", strings.Join(slices.Sorted(maps.Keys(algorithms)), ","))
	w.WriteHeader(http.StatusNoContent)
}

// create begins an upload, and takes in what comes with it. The Location is relative:
// it holds for http and https, for a name and an address.
func (s *Shelf) create(q request) error {
	h := q.r.Header
	if h.Get("Upload-Defer-Length") != "" || h.Get("Upload-Concat") != "" {
		return Fault{http.StatusBadRequest, "tus-extension"}
	}
	length, err := number(h.Get("Upload-Length"), "upload-length")
	if err != nil {
		return err
	}
	header := h.Get("Upload-Metadata")
	pairs, err := parseMetadata(header)
	if err != nil {
		return err
	}
	u := Upload{Owner: q.who.Owner, Length: length, Metadata: pairs, Note: q.who.Note}
	if err := q.who.Admit(u); err != nil {
		return err
	}
	e, err := s.begin(u, header)
	if err != nil {
		return err
	}
	q.id = e.ID
	q.w.Header().Set("Location", strings.TrimSuffix(q.r.URL.Path, "/")+"/"+e.ID)
	if h.Get("Content-Type") != "" && q.r.ContentLength != 0 {
		if err := s.createdWith(q); err != nil {
			return err
		}
	}
	s.expiry(q)
	if e.Length == 0 {
		s.tellWhole()
	}
	q.w.WriteHeader(http.StatusCreated)
	return nil
}

// createdWith takes in what came with the creation. A line that breaks leaves the
// upload with what has come; so does a second creation of the same key.
func (s *Shelf) createdWith(q request) error {
	if q.r.Header.Get("Content-Type") != bodyType {
		return Fault{http.StatusUnsupportedMediaType, "upload-type"}
	}
	e, h, err := s.hold(q.id, q.who.Owner)
	if err != nil {
		return err
	}
	defer s.letGo(e, h)
	if e.Offset > 0 || e.Whole {
		return nil
	}
	return s.receive(q, e, h)
}

// expiry says how far an upload is and until when it is kept.
func (s *Shelf) expiry(q request) {
	u, err := s.Find(q.id, q.who.Owner)
	if err != nil {
		return // it was terminated meanwhile
	}
	q.w.Header().Set("Upload-Offset", strconv.FormatInt(u.Offset, 10))
	if !u.Whole {
		q.w.Header().Set("Upload-Expires", u.Expires.UTC().Format(http.TimeFormat))
	}
}

// head says how far an upload is. Whoever still sends it is told to let go first: what
// they bring after that would make the answer wrong.
func (s *Shelf) head(q request) error {
	e, h, err := s.hold(q.id, q.who.Owner)
	if err != nil {
		return err
	}
	q.w.Header().Set("Upload-Length", strconv.FormatInt(e.Length, 10))
	if e.header != "" {
		q.w.Header().Set("Upload-Metadata", e.header)
	}
	s.letGo(e, h)
	s.expiry(q)
	q.w.WriteHeader(http.StatusOK)
	return nil
}

// patch takes in a piece.
func (s *Shelf) patch(q request) error {
	if q.r.Header.Get("Content-Type") != bodyType {
		return Fault{http.StatusUnsupportedMediaType, "upload-type"}
	}
	offset, err := number(q.r.Header.Get("Upload-Offset"), "upload-offset")
	if err != nil {
		return err
	}
	e, h, err := s.hold(q.id, q.who.Owner)
	if err != nil {
		return err
	}
	defer s.letGo(e, h)
	if offset != e.Offset {
		q.w.Header().Set("Upload-Offset", strconv.FormatInt(e.Offset, 10))
		return Fault{http.StatusConflict, "upload-offset"}
	}
	if !e.Whole {
		if err := s.receive(q, e, h); err != nil {
			return err
		}
	}
	s.expiry(q)
	q.w.WriteHeader(http.StatusNoContent)
	return nil
}

// terminate removes an upload. One that is whole stays until it is known what becomes
// of it: it is being worked on.
func (s *Shelf) terminate(q request) error {
	e, h, err := s.hold(q.id, q.who.Owner)
	if err != nil {
		return err
	}
	defer s.letGo(e, h)
	if e.Whole && e.Outcome == nil {
		return errHeld
	}
	s.mu.Lock()
	delete(s.all, e.ID)
	s.mu.Unlock()
	if err := s.clear(e.ID); err != nil {
		return err
	}
	q.w.WriteHeader(http.StatusNoContent)
	return nil
}

// number reads a length or an offset.
func number(text, code string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || text[0] == '+' {
		return 0, Fault{http.StatusBadRequest, code}
	}
	return n, nil
}
