package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// page is an answer.
type page struct {
	status   int
	location string
	planned  string // names the sentence behind a form about the plan
	header   http.Header
	body     string
	text     string // what a person reads
	wire     int    // bytes of the body as sent
}

func (s *site) get(path string) page { return s.do("GET", path, "", nil) }

func (s *site) post(path string, f url.Values) page {
	return s.do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(f.Encode()))
}

// looked is a form whose difference in the plan was looked at.
func looked(f url.Values) url.Values {
	g := url.Values{"foreseen": {"save"}}
	for name, values := range f {
		g[name] = values
	}
	return g
}

// upload posts a form with files, each "field=name" to content, behind its words.
func (s *site) upload(path string, f url.Values, files map[string]string) page {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range f {
		for _, v := range values {
			if err := m.WriteField(name, v); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	for name, content := range files {
		field, file, _ := strings.Cut(name, "=")
		part, err := m.CreateFormFile(field, file)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := io.WriteString(part, content); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		s.t.Fatal(err)
	}
	return s.do("POST", path, m.FormDataContentType(), &b)
}

func (s *site) do(method, path, kind string, body io.Reader) page {
	s.t.Helper()
	r := httptest.NewRequest(method, path, body)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	if s.accept != "" {
		r.Header.Set("Accept-Language", s.accept)
	}
	if s.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+s.bearer)
	}
	for _, c := range s.cookies {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	s.handler.ServeHTTP(rec, r)
	p := page{status: rec.Code, location: rec.Header().Get("Location"), header: rec.Header(), wire: rec.Body.Len()}
	if to, err := url.Parse(p.location); err == nil && to.Query().Has("planned") {
		q := to.Query()
		p.planned = q.Get("planned")
		q.Del("planned")
		to.RawQuery = q.Encode()
		p.location = to.String()
	}
	raw := rec.Body.Bytes()
	if rec.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(rec.Body)
		if err != nil {
			s.t.Fatal(err)
		}
		if raw, err = io.ReadAll(z); err != nil {
			s.t.Fatal(err)
		}
	}
	p.body = string(raw)
	nodes(s.t, p.body, func(n *html.Node) {
		if n.Type == html.TextNode {
			p.text += " " + n.Data
		}
	})
	p.text = strings.ReplaceAll(strings.Join(strings.Fields(p.text), " "), " , ", ", ")
	return p
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// fields is what a browser would send with the page's first form in main,
// pressed with its last button.
func (p page) fields(t *testing.T) url.Values {
	t.Helper()
	f, pressed := url.Values{}, ""
	var form *html.Node
	inMain := func(n *html.Node) bool {
		for a := range n.Ancestors() {
			if a.Data == "main" {
				return true
			}
		}
		return false
	}
	nodes(t, p.body, func(n *html.Node) {
		if form == nil && n.Data == "form" && inMain(n) {
			form = n
		}
	})
	if form == nil {
		t.Fatalf("no form on the page: %s", p.text)
	}
	for n := range form.Descendants() {
		name := attr(n, "name")
		switch {
		case name == "" || attr(n, "type") == "file":
		case n.Data == "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			f.Add(name, text)
		case n.Data == "button": // one is pressed: the last
			f.Del(pressed)
			f.Set(name, attr(n, "value"))
			pressed = name
		case n.Data == "input" && (attr(n, "type") == "radio" || attr(n, "type") == "checkbox"):
			if has(n, "checked") {
				f.Add(name, attr(n, "value"))
			}
		case n.Data == "input":
			f.Add(name, attr(n, "value"))
		}
	}
	return f
}

// voids have no end tag.
var voids = []string{"meta", "link", "input", "br", "hr", "img", "source"}

// wordCode looks like a code that has no words: "told.sent".
var wordCode = regexp.MustCompile(`\b(air|announcement|asrun|cause|class|clock|day|emergency|fault|field|health|heard|kind|language|nav|new|outcome|part|plan|problem|reason|recording|recordings|refused|rendition|role|schedule|setup|signin|sound|amp|span|told|upload|warning|weekday|when|word)\.[a-z][a-z-]+\b`)

// checkForm checks what holds for every page: well-formed, nothing inline,
// nothing foreign, and usable by ear and keyboard.
func (p page) checkForm(t *testing.T, lang string) {
	t.Helper()
	p.checkTags(t)
	if got := wordCode.FindString(p.text); got != "" {
		t.Errorf("%s: the code %q has no words", lang, got)
	}
	if got := regexp.MustCompile(`\{\d\}`).FindString(p.text); got != "" {
		t.Errorf("%s: a sentence lacks a value: %s", lang, p.text)
	}
	if !strings.Contains(p.body, `<html lang="`+lang+`"`) {
		t.Errorf("%s: the page does not say its language", lang)
	}
	ids, labelled, headings := map[string]int{}, map[string]bool{}, 0
	nodes(t, p.body, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" && attr(n, "for") != "" {
			labelled[attr(n, "for")] = true
		}
		if n.Type == html.ElementNode && n.Data == "h1" {
			headings++
		}
	})
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s: id %q occurs %d times", lang, id, n)
		}
	}
	if headings != 1 {
		t.Errorf("%s: %d main headings", lang, headings)
	}
	nodes(t, p.body, func(n *html.Node) { checkNode(t, n, ids, labelled) })
}

// checkTags compares every start tag with its end tag: the parser would mend
// silently what is wrong.
func (p page) checkTags(t *testing.T) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(p.body))
	var open []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("left open: %v", open)
			}
			return
		case html.StartTagToken:
			name, _ := z.TagName()
			if !slices.Contains(voids, string(name)) {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				t.Fatalf("</%s> ends %v", name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func checkNode(t *testing.T, n *html.Node, ids map[string]int, labelled map[string]bool) {
	t.Helper()
	if n.Type != html.ElementNode {
		return
	}
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			t.Errorf("<%s> has an inline %s, which the content policy forbids", n.Data, a.Key)
		}
		if (a.Key == "src" || a.Key == "href" || a.Key == "action") && (strings.Contains(a.Val, "//") || a.Val == "") {
			t.Errorf("<%s> points to %q", n.Data, a.Val)
		}
		if a.Key == "aria-labelledby" || a.Key == "aria-describedby" {
			for _, id := range strings.Fields(a.Val) {
				if ids[id] == 0 {
					t.Errorf("<%s> is described by %q, which is not there", n.Data, id)
				}
			}
		}
	}
	switch n.Data {
	case "script":
		if attr(n, "src") == "" {
			t.Error("there is an inline script")
		}
	case "style":
		t.Error("there is an inline style sheet")
	case "button":
		if attr(n, "type") == "" {
			t.Error("a button has no type")
		}
		if textOf(n) == "" {
			t.Error("a button has no words")
		}
	case "a":
		if textOf(n) == "" {
			t.Errorf("the link to %s has no words", attr(n, "href"))
		}
	case "input", "textarea", "select":
		checkLabel(t, n, labelled)
	case "svg":
		if attr(n, "aria-hidden") != "true" && attr(n, "aria-label") == "" {
			t.Error("a drawing has neither a label nor aria-hidden")
		}
	}
}

func checkLabel(t *testing.T, n *html.Node, labelled map[string]bool) {
	t.Helper()
	if attr(n, "type") == "hidden" || labelled[attr(n, "id")] || attr(n, "aria-label") != "" {
		return
	}
	for a := range n.Ancestors() {
		if a.Data == "label" {
			return
		}
	}
	t.Errorf("<%s name=%q> has no label", n.Data, attr(n, "name"))
}

func textOf(n *html.Node) string {
	text := ""
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text += d.Data
		}
	}
	return strings.TrimSpace(text)
}
