package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/push"
)

// pushJSON is a browser in which the caller is told something.
type pushJSON struct {
	ID      string    `json:"id" doc:"SHA-256 of the endpoint, hex."`
	Device  string    `json:"device" doc:"In words."`
	Created time.Time `json:"created"`
}

type (
	pushesOutput struct {
		Body struct {
			Key    string     `json:"key,omitempty" doc:"The applicationServerKey to subscribe under, base64url; absent: nothing is pushed here."`
			Pushes []pushJSON `json:"pushes"`
		}
	}
	newPushInput struct {
		Caller
		Body struct {
			Endpoint string `json:"endpoint" maxLength:"1024" doc:"https, of a push service with a public address."`
			Keys     struct {
				P256dh string `json:"p256dh" maxLength:"100" doc:"base64url"`
				Auth   string `json:"auth" maxLength:"32" doc:"base64url"`
			} `json:"keys"`
			// Browsers send it along; it is not looked at.
			ExpirationTime any `json:"expirationTime,omitempty"`
		}
	}
	pushOutput struct {
		Body pushJSON
	}
	pushInput struct {
		Caller
		ID string `path:"id"`
	}
)

// registerPushes adds where people are told what becomes of their notices. It is for
// people: programs have a token and are refused.
func (s *Server) registerPushes(api huma.API) {
	const tag = "account"
	answer(s, api, operation{"list-pushes", http.MethodGet, "/account/pushes", "List the browsers in which one is told something", tag, people.View, 0}, s.listPushes)
	answer(s, api, operation{"create-push", http.MethodPost, "/account/pushes", "Be told something in a browser: what becomes of one's notices, what waits for one's approval", tag, people.View, http.StatusCreated}, s.createPush)
	answer(s, api, operation{"delete-push", http.MethodDelete, "/account/pushes/{id}", "Be told nothing more in a browser", tag, people.View, http.StatusNoContent}, s.deletePush)
	answer(s, api, operation{"try-push", http.MethodPost, "/account/pushes/{id}/trial", "Tell a browser something now, to try it", tag, people.View, http.StatusNoContent}, s.postTrial)
}

func describePush(lang string, p people.Push) pushJSON {
	return pushJSON{ID: p.ID, Device: deviceWords(lang, p.Device), Created: p.Created.UTC()}
}

func (s *Server) listPushes(ctx context.Context, in *mineInput) (*pushesOutput, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	var out pushesOutput
	out.Body.Pushes = []pushJSON{}
	if s.pushable() {
		out.Body.Key = s.cfg.Pusher.Public()
	}
	mine, err := s.pushesOf(ctx, in.who)
	for _, p := range mine {
		out.Body.Pushes = append(out.Body.Pushes, describePush(in.lang, p))
	}
	return &out, err
}

func (s *Server) createPush(ctx context.Context, in *newPushInput) (*pushOutput, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	if !s.pushable() {
		return nil, in.missing()
	}
	b := in.Body
	p, err := s.subscribe(ctx, in.who, push.Subscription{Endpoint: b.Endpoint, Key: b.Keys.P256dh, Auth: b.Keys.Auth}, in.lang, in.c.Request.UserAgent())
	if err != nil {
		return nil, err
	}
	return &pushOutput{Body: describePush(in.lang, p)}, nil
}

func (s *Server) deletePush(ctx context.Context, in *pushInput) (*nothing, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	return nil, s.unsubscribe(ctx, in.who, in.ID)
}

func (s *Server) postTrial(ctx context.Context, in *pushInput) (*nothing, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	return nil, s.tryPush(ctx, in.who, in.ID)
}
