package web

import (
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/passkey"
	"loalang/people"
)

const (
	// ceremonyLasts is how long a browser may take to answer with a passkey.
	ceremonyLasts = 5 * time.Minute
	// ceremoniesKept bounds the questions in memory. One address is asked some 200 in
	// that time, so no few of them drive everybody else's out.
	ceremoniesKept = 8192
	// ceremonyCookie ties a question to the browser it was asked of.
	ceremonyCookie = "loalang-passkey"
)

// ceremonies remembers, in memory alone, what browsers were asked. Each question counts
// once, whatever comes of it. It is safe for several goroutines.
type ceremonies struct {
	mu  sync.Mutex
	all *lru[string, ceremony] // by the hash of the cookie
}

type ceremony struct {
	of      passkey.Ceremony
	account string // whose key is made; empty: somebody signs in
	session string // of whose key is made
	until   time.Time
}

func newCeremonies() *ceremonies {
	return &ceremonies{all: newLRU[string, ceremony](ceremoniesKept)}
}

// begin asks a browser something.
func (o *ceremonies) begin(c *gin.Context, one ceremony) {
	secret := people.NewSecret()
	one.until = systemTime(ceremonyLasts)
	o.mu.Lock()
	o.all.put(people.HashSecret(secret), one)
	o.mu.Unlock()
	setCeremony(c, secret, int(ceremonyLasts.Seconds()))
}

// take is what a browser was asked, for the last time; false when it was nothing, or too
// long ago.
func (o *ceremonies) take(c *gin.Context) (ceremony, bool) {
	cookie, err := c.Request.Cookie(ceremonyCookie)
	if err != nil {
		return ceremony{}, false
	}
	setCeremony(c, "", -1)
	key := people.HashSecret(cookie.Value)
	o.mu.Lock()
	defer o.mu.Unlock()
	one, ok := o.all.get(key)
	o.all.drop(key)
	return one, ok && one.until.After(systemTime(0))
}

func setCeremony(c *gin.Context, value string, seconds int) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: ceremonyCookie, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: c.Request.TLS != nil, SameSite: http.SameSiteStrictMode,
	})
}
