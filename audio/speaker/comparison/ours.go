package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// cueAhead is how long before its instant ours is told of a start: a plan knows
// it for days.
const cueAhead = 400 * time.Millisecond

func ours(loalang string) contender {
	return contender{
		name: "Loa Làng", program: loalang, version: firstLine(loalang, "version"),
		start: func(s *stage) *show { return oursShow(s, s.click()).show },
		alarm: oursAlarm,
		endless: func(s *stage) *show {
			sh := oursShow(s, s.long())
			if sh.err == nil {
				sh.play(audio.Monotonic().Add(cueAhead))
				sh.keep()
			}
			return sh.show
		},
		inStep: oursInStep,
		join:   oursJoin,
	}
}

// oursJoin cues each file behind the one before.
func oursJoin(s *stage, paths []string) *show {
	o, end, err := playing(s, s.card.Config)
	if err != nil {
		return failed("open the output: %w", err)
	}
	go func() {
		for range o.Events() { // drained, so that Run can end
		}
	}()
	play := func(t audio.Instant) {
		for i, path := range paths {
			c := audio.Cue{ID: path, At: t}
			if i > 0 {
				c.At, c.After = 0, paths[i-1]
			}
			f, err := os.Open(path)
			if err == nil {
				c.File = f
				err = errors.Join(o.Cue(c), f.Close())
			}
			if err != nil {
				s.log.Error("cue", "err", err)
			}
		}
	}
	return &show{ahead: cueAhead, play: play, pid: o.State().ChildPID, end: end}
}

// outputShow is an Output at work in this process, with the program's own child.
type outputShow struct {
	*show
	keep func() // plays again whatever is lost with the card
}

// playing opens an Output on a card.
func playing(s *stage, config string) (o *speaker.Output, end func(), err error) {
	// The child takes the card from the environment; another Output may have
	// another one.
	command := []string{"/usr/bin/env", "ALSA_CONFIG_PATH=" + config, s.loalang, "speaker"}
	o, err = speaker.NewOutput(speaker.Config{Command: command, Device: "default", Buffer: s.buffer, Log: s.log})
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- o.Run(ctx) }()
	var once sync.Once
	end = func() {
		once.Do(func() {
			cancel()
			if err := <-ran; err != nil {
				s.log.Error("the output ended", "err", err)
			}
		})
	}
	for range 500 {
		if o.State().Up {
			return o, end, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	state := o.State()
	go func() {
		for range o.Events() { // drained, so that Run can end
		}
	}()
	end()
	return nil, nil, fmt.Errorf("the card did not open: %s", state.Fault)
}

func oursShow(s *stage, sound string) *outputShow {
	o, end, err := playing(s, s.card.Config)
	if err != nil {
		return &outputShow{show: failed("open the output: %w", err)}
	}
	if s.rt && !o.State().RealTime {
		s.log.Warn("the child was not given real-time priority")
	}
	serial := 0
	play := func(t audio.Instant) {
		f, err := os.Open(sound)
		if err == nil {
			serial++
			err = o.Cue(audio.Cue{ID: fmt.Sprint("click ", serial), File: f, At: t})
			_ = f.Close() // the output has its own
		}
		if err != nil {
			s.log.Error("cue", "err", err)
		}
	}
	again := false
	go func() {
		for ev := range o.Events() {
			if again && ev.Kind == audio.Ended && ev.Cause == audio.Lost {
				play(audio.Monotonic().Add(20 * time.Millisecond))
			}
		}
	}()
	sh := &show{ahead: cueAhead, play: play, pid: o.State().ChildPID, end: end}
	return &outputShow{show: sh, keep: func() { again = true }}
}

// oursAlarm runs the whole of `loalang serve` and raises emergencies through its
// API, as the panel does.
func oursAlarm(s *stage) *show {
	data := filepath.Join(s.card.Dir, "data")
	port, err := freePort()
	if err != nil {
		return failed("serve: %w", err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	args := []string{"serve", "--data", data, "--listen", address, "--device", "default", "--settle", "0s", "--tail", "0s"}
	if s.buffer > 0 {
		args = append(args, "--buffer", s.buffer.String())
	}
	end, err := started(s.command(s.card, false, s.loalang, args...)) // its child takes the priority itself
	if err != nil {
		return failed("serve: %w", err)
	}
	if !exists(filepath.Join(data, "loalang.db"), 10*time.Second) {
		end()
		return failed("serve made no database")
	}
	time.Sleep(time.Second)
	token, err := exec.Command(s.loalang, "token", "add", "comparison", "--role", "admin", "--allow-emergency", "--data", data).Output()
	if err != nil {
		end()
		return failed("make a token: %w", err)
	}
	call := func(method string, body any) {
		if err := ask(method, "http://"+address+"/api/v1/emergency", strings.TrimSpace(string(token)), body); err != nil {
			s.log.Error("emergency", "err", err)
		}
	}
	words := map[string]string{"title": "Đo", "reason": "đo độ trễ", "source": "đo"}
	time.Sleep(2 * time.Second)
	return &show{
		play:  func(audio.Instant) { call(http.MethodPost, words) },
		quiet: func() { call(http.MethodDelete, nil) },
		faint: true,
		end:   end,
	}
}

// ask makes one call of the API.
func ask(method, url, token string, body any) error {
	var words bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&words).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequest(method, url, &words)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s", method, url, res.Status)
	}
	return nil
}
