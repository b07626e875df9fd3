package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"loalang/audio"
	"loalang/people"
	"loalang/scheduler"
)

// Loudness turns the volume of the programme. *speaker.Output is one.
type Loudness interface {
	// Turn sets it, in dB, at once; alarms stay as loud as they are.
	Turn(gain audio.Decibels) error
}

// volumeStep is how far one press turns the volume, in dB: as little as people notice.
const volumeStep = 2

// turnTo keeps the volume of a village and turns the loudspeakers, when they are this
// board's. The errors are scheduler.Invalid and those of the store.
func (s *Server) turnTo(ctx context.Context, village string, volume int) error {
	for try := 1; ; try++ {
		_, err := s.arrange(ctx, village, 0, func(v *scheduler.Village) { v.Volume = volume })
		if err == nil {
			break
		}
		if !errors.Is(err, scheduler.ErrRevision) || try == editTries {
			return err
		}
	}
	if s.cfg.Loudness == nil || village != s.cfg.Village {
		return nil
	}
	return s.cfg.Loudness.Turn(audio.Decibels(volume))
}

type (
	volumeInput struct{ Caller }
	turnInput   struct {
		Caller
		Body struct {
			Volume int `json:"volume" minimum:"-20" maximum:"6" doc:"dB against how sound is levelled; 0 is as it was recorded. Heard within a second, and kept."`
		}
	}
	volumeOutput struct {
		Body struct {
			Volume int `json:"volume" doc:"dB."`
			Least  int `json:"least" doc:"An emergency and a drill are not turned down at all."`
			Most   int `json:"most"`
		}
	}
)

func (s *Server) registerVolume(api huma.API) {
	const tag = "air"
	answer(s, api, operation{"get-volume", http.MethodGet, "/air/volume", "Read how loud the programme is", tag, people.View, 0}, s.getVolume)
	answer(s, api, operation{"put-volume", http.MethodPut, "/air/volume", "Make the programme louder or softer; emergencies and drills stay as loud as they are", tag, people.Plan, 0}, s.putVolume)
}

func (s *Server) getVolume(ctx context.Context, in *volumeInput) (*volumeOutput, error) {
	key, err := in.village("", people.View)
	if err != nil {
		return nil, err
	}
	v, err := s.cfg.Places.Village(ctx, key)
	if err != nil {
		return nil, err
	}
	var out volumeOutput
	out.Body.Volume, out.Body.Least, out.Body.Most = v.Volume, scheduler.LeastVolume, scheduler.MostVolume
	return &out, nil
}

func (s *Server) putVolume(ctx context.Context, in *turnInput) (*volumeOutput, error) {
	key, err := in.village("", people.Plan)
	if err != nil {
		return nil, err
	}
	if err := s.turnTo(ctx, key, in.Body.Volume); err != nil {
		return nil, err
	}
	return s.getVolume(ctx, &volumeInput{in.Caller})
}

// volumeView is the volume on the page: what it is, and where one press leads. Equal
// to Now: it goes no further.
type volumeView struct {
	Text                string
	Now, Softer, Louder int
}

func (v *visit) volume() volumeView {
	now := v.village.Volume
	w := volumeView{Now: now, Softer: max(now-volumeStep, scheduler.LeastVolume), Louder: min(now+volumeStep, scheduler.MostVolume), Text: v.word("volume.usual")}
	if now != 0 {
		w.Text = v.word("volume.is", signed(now))
	}
	return w
}

// signed writes a number with its sign, and a minus as people print it.
func signed(n int) string {
	if n < 0 {
		return "−" + strconv.Itoa(-n)
	}
	return "+" + strconv.Itoa(n)
}

func (p *panel) registerVolume(r *gin.Engine) { r.POST("/air/volume", p.allow(people.Plan, p.turn)) }

// turn sets the volume that a button names, so that two presses that are one do no more.
func (p *panel) turn(v *visit) {
	volume, err := strconv.Atoi(v.c.PostForm("volume"))
	if err != nil || volume < scheduler.LeastVolume || volume > scheduler.MostVolume {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	if err := p.s.turnTo(v.ctx(), v.village.Key, volume); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/", "volume")
}
