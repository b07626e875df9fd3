package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"loalang/web"
)

// hostile is a name as nobody's friend types it: it would leave whatever it stands in,
// runs script where it can, turns the writing round, cannot be seen in part, and has no
// place at which a line may break.
var hostile = `"'>` + "`" + `</textarea></title></script><script data-evil>alert(1)</script><img src=x data-evil onerror=alert(1)><a href="javascript:alert(1)" data-evil>{{.}}${x}` +
	"\u202egnùh\u202c\u2066\u2069\x00\u200b\U0001F4E3" + hostileWord

// hostileWord is a word that is longer than a phone is wide.
var hostileWord = strings.Repeat("loa", 60)

// shownFields are the fields of what is kept that are shown to people as they are.
var shownFields = strings.Fields("Title Text Name English Issuer By CreatedBy Reason Note Written Spoken SpokenText Reader For Told Answer RequestedBy DecidedBy Commune Author Issued Detail Person StoppedBy SpokenBy VouchedBy Before After Label Seen SeenBy Waived")

// poison writes the hostile name into every field that is shown.
func poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && v.Kind() == reflect.Pointer {
			poison(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			if f.CanSet() && f.Type() == reflect.TypeFor[string]() && slices.Contains(shownFields, v.Type().Field(i).Name) {
				f.SetString(f.String() + hostile)
			} else if f.CanSet() {
				poison(f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			one := reflect.New(v.Type().Elem()).Elem()
			one.Set(v.MapIndex(key))
			poison(one)
			v.SetMapIndex(key, one)
		}
	}
}

// poisoned is a house in which everything that may be named is named as nobody would.
func poisoned(t *testing.T) *house {
	c := gather(t)
	h := c.open(t)
	w := h.w
	w.onAir()
	w.emergencyOn()
	w.teach("w2", "TDP", "tổ dân phố")
	for _, all := range []any{&w.village, &w.slots, &w.stations, &w.drills, &w.exceptions, &w.words, &w.templates, &w.notices, &w.runs, &w.plan, &w.shelf, &w.air, &w.accounts, &w.invited, &w.tellings, &w.changes, &w.choices, &w.urged} {
		poison(reflect.ValueOf(all).Elem())
	}
	for i := range w.changes {
		w.changes[i].Actor.Name += hostile
		for j := range w.changes[i].Fields {
			w.changes[i].Fields[j].After = hostile
		}
	}
	return h
}

// harmless fails when something of the hostile name has become more than text.
func harmless(t *testing.T, where, body string) {
	t.Helper()
	if i := strings.IndexAny(body, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00"); i >= 0 {
		t.Errorf("%s: the writing is turned round: %q", where, body[max(0, i-60):min(len(body), i+60)])
	}
	nodes(t, body, func(n *html.Node) {
		if n.Type != html.ElementNode {
			return
		}
		if has(n, "data-evil") || n.Data == "img" && attr(n, "src") == "x" {
			t.Errorf("%s: <%s> came out of a name", where, n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") || strings.ContainsAny(a.Key, "\"'<>`={") {
				t.Errorf("%s: <%s %s=%q>", where, n.Data, a.Key, a.Val)
			}
			if slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key) && strings.Contains(a.Val, "//") && !strings.HasPrefix(a.Val, "https://vov.example/") {
				t.Errorf("%s: <%s> leads to %q", where, n.Data, a.Val)
			}
		}
	})
}

// Whatever something is called, every page shows it as text and as nothing else.
func TestHostileNamesAreShownHarmlessly(t *testing.T) {
	c := gather(t)
	h := poisoned(t)
	shown := 0
	for _, g := range append(lookingGates(), openGates()...) {
		if g.method() != http.MethodGet || strings.HasPrefix(g.place(), "/static/") {
			continue
		}
		for _, lang := range []string{"vi", "en"} {
			rec := c.knock(h, g, "admin of all", "Cookie", "loalang="+c.cookies["admin of all"]+"; lang="+lang)
			if rec.Code >= 500 {
				t.Errorf("%s: %d %s", g.route, rec.Code, short(rec))
			}
			if !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
				continue
			}
			body := rec.Body.String()
			harmless(t, g.route+" "+lang, body)
			if strings.Contains(body, hostileWord) {
				shown++
			}
		}
	}
	if shown < 50 {
		t.Errorf("only %d pages show the name: the test sees nothing", shown)
	}
}

// What is typed into a form, whatever it is, comes to no harm and does none: it is saved
// or refused with a sentence, shown again as text, and nothing breaks.
func TestHostileFormsAreAnswered(t *testing.T) {
	c := gather(t)
	tried := 0
	for _, g := range lookingGates() {
		first := c.open(t)
		forms := formsOf(t, c.knock(first, g, "admin of all").Body.String())
		for i, f := range forms {
			h := c.open(t)
			path, _, _ := strings.Cut(f.action, "?")
			if path == "" || path == "/sign-out" || path == "/language" {
				continue
			}
			tried++
			for field := range f.text {
				f.values.Set(field, hostile)
			}
			to := gate{route: "POST " + path, path: f.action, body: f.values.Encode()}
			rec := c.knock(h, to, "admin of all")
			if rec.Code >= 500 || rec.Code == http.StatusNotFound && !strings.HasPrefix(path, "/tokens/") { // each house has tokens of its own
				t.Errorf("%s, form %d to %s: %d %s", g.route, i, path, rec.Code, short(rec))
			}
			if strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
				harmless(t, g.route+" to "+path, rec.Body.String())
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d forms were found", tried)
	}
}

// typedForm is a form of a page as a browser would send it.
type typedForm struct {
	action string
	values url.Values
	text   map[string]bool // fields into which people type
}

// formsOf are the forms of a page that are sent by POST.
func formsOf(t *testing.T, body string) (all []typedForm) {
	t.Helper()
	nodes(t, body, func(n *html.Node) {
		if n.Data != "form" || !strings.EqualFold(attr(n, "method"), "post") {
			return
		}
		f := typedForm{action: attr(n, "action"), values: url.Values{}, text: map[string]bool{}}
		for d := range n.Descendants() {
			name, kind := attr(d, "name"), attr(d, "type")
			switch {
			case name == "" || kind == "file":
			case d.Data == "textarea", d.Data == "input" && slices.Contains([]string{"text", "search", "date", "time", "number", "tel", "password", "url", ""}, kind):
				f.values.Set(name, attr(d, "value"))
				f.text[name] = true
			case d.Data == "input" && (kind == "radio" || kind == "checkbox") && f.values.Get(name) != "" && !has(d, "checked"):
			case d.Data == "input", d.Data == "button", d.Data == "option":
				f.values.Set(name, attr(d, "value"))
			}
		}
		all = append(all, f)
	})
	return all
}

// hostileJSON are the hostile values in place of any text of a call.
var hostileTexts = []string{hostile, "", "\x00", "\u202e", strings.Repeat("ă", 30_000), "-1", "../../etc/passwd", "' OR 1=1 --", "9999-99-99", "🥁"}

// Every call of the API takes any text in any field: it is answered by its description,
// and nothing breaks.
func TestHostileCallsAreAnswered(t *testing.T) {
	for _, d := range doors() {
		if !strings.HasPrefix(d.body, "{") {
			continue
		}
		t.Run(d.method+" "+d.path, func(t *testing.T) {
			h := newHouse(t)
			h.fill()
			for _, body := range hostileBodies(t, d.body) {
				if got := h.call("admin", d.method, d.path, body); got.Status >= 500 {
					t.Errorf("%.120s: %d %s", body, got.Status, got.Body)
				}
			}
		})
	}
}

// What is sent is bounded everywhere: ten million bytes are refused with a sentence, of
// whoever they are.
func TestTenMegabytesAreTooMany(t *testing.T) {
	c := gather(t)
	h := c.open(t)
	much := "x=" + strings.Repeat("a", 10<<20)
	call := `{"title":"` + strings.Repeat("a", 10<<20) + `"}`
	for _, g := range append(pageGates(), apiGates(web.Doors(h.server))...) {
		if m := g.method(); m != http.MethodPost && m != http.MethodPut && m != http.MethodPatch || strings.Contains(g.place(), "/uploads") || g.place() == "/api/v1/recordings" {
			continue // what takes files has tests of its own
		}
		empty := g.api() && g.body == ""
		for _, who := range []string{"nobody", "admin of all"} {
			if g.body = much; g.api() {
				g.body = call
			}
			before := h.everything(t)
			rec := c.knock(h, g, who)
			switch {
			case rec.Code == http.StatusRequestEntityTooLarge:
			case g.api() && who == "nobody" && rec.Code == http.StatusUnauthorized:
			case empty: // it reads nothing
			default:
				t.Errorf("%s by %s: %d %s", g.route, who, rec.Code, short(rec))
			}
			if rec.Code == http.StatusRequestEntityTooLarge && !strings.Contains(rec.Body.String(), "quá") && !strings.Contains(rec.Body.String(), "too large") {
				t.Errorf("%s: no sentence: %s", g.route, short(rec))
			}
			if h.everything(t) != before && !empty {
				t.Errorf("%s by %s: something was done", g.route, who)
			}
		}
	}
}

// hostileBodies are a body with each of its texts replaced by each of the hostile ones,
// and by what is no text.
func hostileBodies(t *testing.T, body string) (all []string) {
	t.Helper()
	var root any
	if err := json.Unmarshal([]byte(body), &root); err != nil {
		t.Fatal(err)
	}
	var put []func(v any)
	var was []any
	var walk func(v any, set func(any))
	walk = func(v any, set func(any)) {
		switch v := v.(type) {
		case map[string]any:
			for key, one := range v {
				walk(one, func(x any) { v[key] = x })
			}
		case []any:
			for i, one := range v {
				walk(one, func(x any) { v[i] = x })
			}
		}
		put, was = append(put, set), append(was, v)
	}
	walk(root, func(x any) { root = x })
	for i, set := range put {
		values := []any{nil, 1e300, []any{}, map[string]any{}, true}
		if _, text := was[i].(string); text {
			for _, h := range hostileTexts {
				values = append(values, h)
			}
		}
		for _, v := range values {
			set(v)
			raw, err := json.Marshal(root)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(raw))
		}
		set(was[i])
	}
	return all
}
