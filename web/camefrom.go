package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// noted are the parameters with which a page tells what was done before it.
var noted = []string{"told", "refused", "planned", "undo"}

// keepPages remembers which paths are pages that can be looked at.
func (s *Server) keepPages(r *gin.Engine) {
	for _, route := range r.Routes() {
		if route.Method == http.MethodGet && !strings.HasPrefix(route.Path, "/api/") {
			s.pages = append(s.pages, strings.Split(route.Path, "/"))
		}
	}
}

// cameFrom is the page of this panel on which the form of a request stands, without what
// it told of something else; empty: it is not known.
func (s *Server) cameFrom(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host || from.Path == "/sign-in" || !s.hasPage(from.Path) {
		return ""
	}
	q := from.Query()
	for _, name := range noted {
		q.Del(name)
	}
	return localPath((&url.URL{Path: from.Path, RawQuery: q.Encode()}).String())
}

// hasPage says whether there is a page at path.
func (s *Server) hasPage(path string) bool {
	parts := strings.Split(path, "/")
	return slices.ContainsFunc(s.pages, func(page []string) bool {
		return slices.EqualFunc(page, parts, func(of, is string) bool { return of == is || strings.HasPrefix(of, ":") && is != "" })
	})
}
