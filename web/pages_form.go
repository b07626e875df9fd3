package web

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/speech"
)

// formBytes bounds the words of a form; the sound in it goes to the library as
// it comes and is bounded there.
const formBytes = 1 << 20

// errFormTooLarge says that the words of a form are more than formBytes.
var errFormTooLarge = errors.New("form too large")

// form is what a page sent.
type form struct {
	url.Values
	takes  map[string]takeView // by language: what was uploaded with it
	faults map[string]string   // by field: what is wrong, worded
	trim   recordings.Trim     // of what was uploaded with it
}

// checkTrim refuses a form that said only behind its file where to cut it: the
// file was taken in whole by then.
func (f *form) checkTrim(v *visit) {
	trim, err := trimOf(f.Get)
	for lang := range f.takes {
		if err != nil || trim != f.trim {
			delete(f.takes, lang)
			f.fault("file_"+lang, v.word("refused.trim-late"))
		}
	}
}

func (f *form) fault(field, text string) {
	if f.faults[field] == "" {
		f.faults[field] = text
	}
}

// takeView is a recording behind an upload field.
type takeView struct {
	ID       string
	Title    string
	Length   time.Duration
	Warnings []string // worded
	Quality  *qualityView
	Twin     *twinView // the same sound in another file was there before
	Again    bool      // the same file was
}

// uploadView is an upload field.
type uploadView struct {
	Code  string // language
	Then  string // where the page's module goes after sending; empty: stay
	Take  *takeView
	Going *goingView
	Fault string
}

// readForm reads a page's form. Files named "file_LANGUAGE" go straight into
// the library while they arrive, so nothing of them lies in memory; what is
// wrong with one becomes a fault of its field, and the words stay.
func (p *panel) readForm(v *visit) (*form, error) {
	f := &form{Values: url.Values{}, takes: map[string]takeView{}, faults: map[string]string{}}
	r := v.c.Request
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		r.Body = http.MaxBytesReader(v.c.Writer, r.Body, formBytes)
		if err := r.ParseForm(); err != nil {
			return nil, fmt.Errorf("read form: %w", err)
		}
		f.Values = r.PostForm
		return f, nil
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, fmt.Errorf("read form: %w", err)
	}
	left := int64(formBytes)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			f.checkTrim(v)
			return f, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read form: %w", err)
		}
		if lang, ok := strings.CutPrefix(part.FormName(), "file_"); ok {
			if part.FileName() != "" {
				p.takeIn(v, f, lang, part)
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		if err != nil {
			return nil, fmt.Errorf("read form: %w", err)
		}
		if left -= int64(len(value)); left < 0 {
			return nil, errFormTooLarge
		}
		f.Add(part.FormName(), string(value))
	}
}

// takeIn imports one uploaded file.
func (p *panel) takeIn(v *visit, f *form, lang string, part *multipart.Part) {
	if !v.may(people.Upload) {
		f.fault("file_"+lang, v.word("problem.forbidden"))
		return
	}
	trim, err := trimOf(f.Get)
	if err != nil {
		f.fault("file_"+lang, v.word("refused.trim"))
		return
	}
	f.trim = trim
	ctx, cancel := detached(v.ctx())
	defer cancel()
	rec, err := p.s.cfg.Importer.Import(ctx, part, recordings.About{
		Title: fileTitle(v.lang, part.FileName()), Kind: recordings.Take, Village: v.village.Key, By: v.me.Name, Trim: trim,
	})
	if err != nil {
		code := refusal(err)
		if code == refusedFailed {
			p.s.cfg.Logger.Error("recording could not be imported", "err", err)
		}
		f.fault("file_"+lang, v.word(code))
		return
	}
	f.takes[lang] = p.taken(v, rec)
}

func (p phrase) take(r recordings.Recording) takeView {
	return takeView{ID: r.ID, Title: r.Title, Length: r.Length, Warnings: p.warnings(r), Quality: p.quality(r)}
}

func (p phrase) warnings(r recordings.Recording) []string {
	var ws []string
	for _, w := range r.Warnings {
		ws = append(ws, p.word("warning."+w))
	}
	return ws
}

// fileTitle is the title of a recording whose sender gave it none.
func fileTitle(lang, name string) string {
	return cmp.Or(scheduler.FileTitle(name), word(lang, "recording.take"))
}

// refusedFailed is the word for an import that failed for no reason of the
// sender's.
const refusedFailed = "refused.failed"

// refusal is the word for why sound was not taken in or not made.
func refusal(err error) string {
	var r recordings.Refused
	switch {
	case errors.Is(err, speech.ErrTooLong): // also of what was spoken and then refused for its length
		return "refused.spoken-too-long"
	case errors.As(err, &r):
		return "refused." + string(r.Code)
	case errors.Is(err, recordings.ErrDiskFull):
		return "refused.disk-full"
	case errors.Is(err, recordings.ErrBusy):
		return "refused.busy"
	case errors.Is(err, recordings.ErrNoFFmpeg):
		return "refused.no-ffmpeg"
	case errors.Is(err, recordings.ErrNoSandbox):
		return "refused.no-sandbox"
	case errors.Is(err, speech.ErrNoEngine):
		return "refused.no-engine"
	case errors.Is(err, speech.ErrNoVoice):
		return "refused.no-voice"
	case errors.Is(err, speech.ErrNoWords):
		return "refused.no-words"
	}
	return refusedFailed
}
