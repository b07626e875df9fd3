package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

const (
	// quietAhead is how long nothing may be due for a restart to go unheard: the program
	// is back within seconds, on a slow board too.
	quietAhead = time.Minute
	// quietEvery is how often a running serve is asked by quiet --wait.
	quietEvery = 2 * time.Second
	// quietPatience is how long it may take to answer.
	quietPatience = 10 * time.Second
)

// errSounds is why the program should not be restarted now.
var errSounds = errors.New("not quiet")

func (p program) quietCommand() *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use:   "quiet",
		Short: "Say whether a restart would be heard",
		Long: "Ask the running serve whether anything sounds, the amplifier is on, or something is due within\na minute: exit code 1 then, 0 when a restart would not be heard or no serve runs. With --wait it waits\n" +
			"until that is so: an update begins behind it. It opens no data.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			return untilQuiet(cmd.Context(), cmd.OutOrStdout(), ownMetrics(s), wait)
		},
	}
	addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until nothing sounds and nothing is due")
	return cmd
}

// untilQuiet asks once, or until the answer is good.
func untilQuiet(ctx context.Context, out io.Writer, ask func(context.Context) (string, error), wait bool) error {
	told := ""
	for {
		why, err := ask(ctx)
		switch {
		case errors.Is(err, errNoServe):
			_, err = fmt.Fprintln(out, "quiet: no serve runs")
			return err
		case err != nil && !wait:
			return fmt.Errorf("ask the running serve: %w", err)
		case err != nil:
			why = "it does not answer: " + sentence(err) // it may be starting, or have much to do
		case why == "":
			_, err = fmt.Fprintln(out, "quiet: nothing sounds and nothing is due")
			return err
		case !wait:
			return fmt.Errorf("%w: %s", errSounds, why)
		}
		if why != told {
			if _, err := fmt.Fprintln(out, "waiting: "+why); err != nil {
				return err
			}
			told = why
		}
		select {
		case <-time.After(quietEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ownMetrics asks the serve of this machine what sounds: by its socket, or where nobody answers there, as
// one of a version before, at the address of its panel. The error is errNoServe where nobody holds the data.
func ownMetrics(s settings) func(context.Context) (string, error) {
	panel := &http.Client{Timeout: quietPatience, Transport: &http.Transport{DisableKeepAlives: true, Proxy: nil}}
	return func(ctx context.Context) (string, error) {
		doors, err := folder(s.Data).innerDoors()
		if err != nil {
			return "", err
		}
		for _, door := range doors {
			why, err := askMetrics(ctx, through(door), "localhost", "")
			if err == nil || !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, fs.ErrNotExist) {
				return why, err
			}
		}
		why, err := askMetrics(ctx, panel, nearby(s.Listen), s.MetricsToken)
		if err == nil || ctx.Err() != nil {
			return why, err
		}
		is, _, unknown := runningAnywhere(folder(s.Data))
		if !is && unknown == nil { // who answers elsewhere, or refuses, says nothing of it
			return "", errNoServe
		}
		return "", errors.Join(err, unknown)
	}
}

// askMetrics asks a serve what sounds.
func askMetrics(ctx context.Context, by *http.Client, address, token string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return "", err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := by.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answers %s", address, resp.Status)
	}
	return whatSounds(resp.Body, time.Now())
}

// nearby is the address by which this machine reaches a panel that listens there.
func nearby(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if at := net.ParseIP(host); host == "" || at != nil && at.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// soundings are the metrics that are not 0 while something is heard: the first that is not
// says why.
var soundings = []struct{ name, words string }{
	{"loalang_emergency_active", "an emergency is active"},
	{"loalang_on_air", "something is on air"},
	{"loalang_amplifier_keyed", "the amplifier is on"},
}

// The metrics of what is due next. The first is by the board's own time, which may be
// another than the system's; a version of before tells the second alone.
const (
	dueIn = "loalang_next_due_in_seconds"
	dueAt = "loalang_next_due_timestamp_seconds"
)

// whatSounds reads metrics and says why a restart would be heard; empty: it would not. now
// is the system's time, for a serve that tells only when something is due.
func whatSounds(metrics io.Reader, now time.Time) (why string, err error) {
	read, told := map[string]bool{dueIn: true, dueAt: true}, map[string]float64{}
	for _, s := range soundings {
		read[s.name] = true
	}
	lines := bufio.NewScanner(metrics)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if !read[name] {
			continue
		}
		if told[name], err = strconv.ParseFloat(value, 64); err != nil {
			return "", fmt.Errorf("read %s: %w", name, err)
		}
	}
	if err := lines.Err(); err != nil {
		return "", fmt.Errorf("read what sounds: %w", err)
	}
	for _, s := range soundings {
		v, is := told[s.name]
		if !is {
			return "", errors.New("the program that answers is no loalang: look at --listen")
		}
		if v != 0 && why == "" {
			why = s.words
		}
	}
	if why == "" && dueSoon(told, now) {
		why = "something is due within a minute"
	}
	return why, nil
}

// dueSoon says whether something is due within quietAhead, by the metrics told.
func dueSoon(told map[string]float64, now time.Time) bool {
	if in, is := told[dueIn]; is {
		return in < quietAhead.Seconds()
	}
	ahead := time.UnixMilli(int64(told[dueAt] * 1000)).Sub(now)
	return ahead > -quietAhead && ahead < quietAhead
}
