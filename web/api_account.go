package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
)

type (
	confirmInput struct {
		Caller
		Body struct {
			PIN      string `json:"pin,omitempty" maxLength:"8"`
			Password string `json:"password,omitempty" maxLength:"1024" doc:"Instead of a PIN that was forgotten."`
		}
	}
	choosePINInput struct {
		Caller
		Body struct {
			PIN      string `json:"pin" maxLength:"64" doc:"4 to 8 digits, not all the same, not counting up or down."`
			Before   string `json:"before,omitempty" maxLength:"8" doc:"The PIN before; not needed for the first."`
			Password string `json:"password,omitempty" maxLength:"1024" doc:"Instead of a PIN that was forgotten."`
		}
	}
	passwordInput struct {
		Caller
		Body struct {
			Before   string `json:"before" maxLength:"1024"`
			Password string `json:"password" maxLength:"1024" doc:"At least 8 characters, and none that everybody tries first."`
		}
	}
	mineInput     struct{ Caller }
	signInsOutput struct {
		Body struct {
			SignIns []signInJSON `json:"sign_ins" doc:"What was used last first."`
		}
	}
	signInInput struct {
		Caller
		ID string `path:"id"`
	}
)

// signInJSON is a browser in which the caller is signed in.
type signInJSON struct {
	ID     string    `json:"id"`
	Device string    `json:"device" doc:"In words."`
	From   string    `json:"from,omitempty" doc:"Address, when it was last seen."`
	Seen   time.Time `json:"seen" doc:"When it was last used; to the day after the board was started anew."`
	Began  time.Time `json:"began"`
	Here   bool      `json:"here" doc:"It makes this call."`
}

// registerAccount adds what people do with their own account. It is for people: programs
// have a token and are refused.
func (s *Server) registerAccount(api huma.API) {
	const tag = "account"
	answer(s, api, operation{"confirm-pin", http.MethodPost, "/account/pin/confirmation", "Give the PIN, for ten minutes of emergencies and live voice", tag, people.Live, http.StatusNoContent}, s.confirmPIN)
	answer(s, api, operation{"choose-pin", http.MethodPut, "/account/pin", "Choose the PIN that is asked before an emergency and a live voice", tag, people.Live, http.StatusNoContent}, s.putPIN)
	answer(s, api, operation{"change-password", http.MethodPut, "/account/password", "Change one's password; every other browser is signed out", tag, people.View, http.StatusNoContent}, s.putPassword)
	answer(s, api, operation{"list-sign-ins", http.MethodGet, "/account/sign-ins", "List the browsers in which one is signed in", tag, people.View, 0}, s.listSignIns)
	answer(s, api, operation{"end-sign-in", http.MethodDelete, "/account/sign-ins/{id}", "Sign one browser out", tag, people.View, http.StatusNoContent}, s.deleteSignIn)
	answer(s, api, operation{"end-sign-ins", http.MethodDelete, "/account/sign-ins", "Sign every other browser out", tag, people.View, http.StatusNoContent}, s.deleteSignIns)
}

func (s *Server) confirmPIN(_ context.Context, in *confirmInput) (*nothing, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	return nil, s.confirm(in.c, in.who, in.Body.PIN, in.Body.Password)
}

func (s *Server) putPIN(_ context.Context, in *choosePINInput) (*nothing, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	return nil, s.choosePIN(in.c, in.who, in.Body.PIN, in.Body.Before, in.Body.Password)
}

func (s *Server) putPassword(_ context.Context, in *passwordInput) (*nothing, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	return nil, s.newPassword(in.c, in.who, in.Body.Before, in.Body.Password)
}

func (s *Server) listSignIns(_ context.Context, in *mineInput) (*signInsOutput, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	var out signInsOutput
	out.Body.SignIns = []signInJSON{}
	for _, one := range s.signIns(in.c, in.who) {
		out.Body.SignIns = append(out.Body.SignIns, signInJSON{ID: one.ID, Device: deviceWords(in.lang, one.Agent), From: one.From, Seen: one.Seen.UTC(), Began: one.Began.UTC(), Here: one.Here})
	}
	return &out, nil
}

func (s *Server) deleteSignIn(_ context.Context, in *signInInput) (*nothing, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	return nil, s.endSignIn(in.c, in.who, in.ID)
}

func (s *Server) deleteSignIns(_ context.Context, in *mineInput) (*nothing, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	return nil, s.endOthers(in.c, in.who)
}
