package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"loalang/audio"
)

// timerAndAplay is the usual cron job, with an exact timer instead of cron.
func timerAndAplay() contender {
	return contender{
		name: "exact timer + aplay", program: "aplay", version: firstLine("aplay", "--version"),
		start:   spawned("aplay", "-q"),
		endless: endlessly("aplay", "-q"),
	}
}

func timerAndMPV() contender {
	quiet := []string{"--no-config", "--ao=alsa", "--no-video", "--really-quiet"}
	return contender{
		name: "exact timer + mpv", program: "mpv", version: firstLine("mpv", "--version"),
		start:   spawned("mpv", quiet...),
		endless: endlessly("mpv", append(quiet, "--loop-file=inf")...),
	}
}

// spawned is a player that is started for each sound.
func spawned(name string, args ...string) func(*stage) *show {
	return func(s *stage) *show {
		var under sync.WaitGroup
		play := func(audio.Instant) {
			cmd := s.command(s.card, s.rt, name, append(args, s.click())...)
			if err := cmd.Start(); err != nil {
				s.log.Error("a player did not start", "player", name, "err", err)
				return
			}
			under.Go(func() { _ = cmd.Wait() }) // what it played is on the card
		}
		return &show{play: play, end: under.Wait}
	}
}

// endlessly is a player that plays for two minutes or more.
func endlessly(name string, args ...string) func(*stage) *show {
	return func(s *stage) *show {
		cmd := s.command(s.card, s.rt, name, append(args, s.long())...)
		end, err := started(cmd)
		if err != nil {
			return failed("start %s: %w", name, err)
		}
		return &show{end: end}
	}
}

// mpd drives MPD with mpc, as its users do.
func mpd() contender {
	return contender{
		name: "MPD + mpc", program: "mpd", version: firstLine("mpd", "--version"),
		start: func(s *stage) *show {
			return mpdShow(s, func(mpc func(...string)) *show {
				mpc("add", "click.wav")
				return &show{play: func(audio.Instant) { mpc("play", "1") }}
			})
		},
		alarm: func(s *stage) *show {
			return mpdShow(s, func(mpc func(...string)) *show {
				mpc("add", "bed.wav")
				mpc("add", "click.wav")
				mpc("repeat", "on")
				mpc("single", "on")
				mpc("play", "1")
				time.Sleep(time.Second)
				return &show{play: func(audio.Instant) { mpc("play", "2") }, quiet: func() { mpc("play", "1") }}
			})
		},
		join: func(s *stage, paths []string) *show {
			return mpdShow(s, func(mpc func(...string)) *show {
				for _, path := range paths {
					mpc("add", filepath.Base(path))
				}
				return &show{play: func(audio.Instant) { mpc("play", "1") }}
			}, paths...)
		},
		endless: func(s *stage) *show {
			return mpdShow(s, func(mpc func(...string)) *show {
				mpc("add", "long.wav")
				mpc("repeat", "on")
				mpc("play", "1")
				return &show{}
			})
		},
	}
}

// mpdShow runs a server with a home of its own: its state must not leak from one
// show into the next.
func mpdShow(s *stage, prepare func(mpc func(...string)) *show, more ...string) *show {
	home := filepath.Join(s.card.Dir, "mpd")
	port, err := freePort()
	if err != nil {
		return failed("mpd: %w", err)
	}
	for _, dir := range []string{"music", "playlists"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o755); err != nil {
			return failed("mpd: %w", err)
		}
	}
	for _, f := range append([]string{s.click(), s.bed(), s.long()}, more...) {
		if err := os.Link(f, filepath.Join(home, "music", filepath.Base(f))); err != nil {
			return failed("mpd: %w", err)
		}
	}
	conf := fmt.Sprintf(`music_directory "%[1]s/music"
playlist_directory "%[1]s/playlists"
db_file "%[1]s/db"
log_file "%[1]s/log"
state_file "%[1]s/state"
bind_to_address "127.0.0.1"
port "%[2]d"
zeroconf_enabled "no"
audio_output {
	type "alsa"
	name "card"
	device "default"
	mixer_type "none"
}
`, home, port)
	path := filepath.Join(home, "mpd.conf")
	if err := os.WriteFile(path, []byte(conf), 0o644); err != nil {
		return failed("mpd: %w", err)
	}
	cmd := s.command(s.card, s.rt, "mpd", "--no-daemon", path)
	end, err := started(cmd)
	if err != nil {
		return failed("mpd: %w", err)
	}
	time.Sleep(1500 * time.Millisecond)
	mpc := func(args ...string) {
		args = append([]string{"-q", "-h", "127.0.0.1", "-p", strconv.Itoa(port)}, args...)
		if out, err := exec.Command("mpc", args...).CombinedOutput(); err != nil {
			s.log.Error("mpc", "args", args, "err", err, "out", string(out))
		}
	}
	mpc("update", "--wait")
	mpc("clear")
	sh := prepare(mpc)
	sh.pid, sh.end = cmd.Process.Pid, end // chrt has become mpd
	return sh
}

// liquidsoap is driven through its telnet server: a push for starts, a flag of a
// switch for alarms.
func liquidsoap() contender {
	return contender{
		name: "liquidsoap", program: "liquidsoap", version: firstLine("liquidsoap", "--version"),
		start: func(s *stage) *show {
			return liquidShow(s, "s = fallback(track_sensitive=false, [q, blank()])\n", func(say func(string)) *show {
				return &show{play: func(audio.Instant) { say("q.push " + s.click()) }}
			})
		},
		alarm: func(s *stage) *show {
			script := fmt.Sprintf(`alarm = ref(false)
server.register("alarm", fun (x) -> begin alarm := (x == "on") "ok" end)
bed = single("%s")
siren = single("%s")
s = switch(track_sensitive=false, [({!alarm}, siren), ({true}, bed)])
`, s.bed(), s.long())
			return liquidShow(s, script, func(say func(string)) *show {
				return &show{play: func(audio.Instant) { say("alarm on") }, quiet: func() { say("alarm off") }}
			})
		},
		endless: func(s *stage) *show {
			return liquidShow(s, fmt.Sprintf("s = single(%q)\n", s.long()), func(func(string)) *show { return &show{} })
		},
		join: func(s *stage, paths []string) *show {
			return liquidShow(s, "s = fallback(track_sensitive=false, [q, blank()])\n", func(say func(string)) *show {
				return &show{play: func(audio.Instant) {
					for _, path := range paths {
						say("q.push " + path)
					}
				}}
			})
		},
		note: "its defaults",
	}
}

func liquidShow(s *stage, source string, prepare func(say func(string)) *show) *show {
	port, err := freePort()
	if err != nil {
		return failed("liquidsoap: %w", err)
	}
	script := fmt.Sprintf(`settings.server.telnet.set(true)
settings.server.telnet.port.set(%d)
settings.log.file.set(false)
settings.log.stdout.set(true)
settings.init.allow_root.set(true)
settings.frame.audio.samplerate.set(48000)
q = request.queue(id="q")
%soutput.alsa(id="out", fallible=true, s)
`, port, source)
	path := filepath.Join(s.card.Dir, "show.liq")
	if err := os.WriteFile(path, []byte(script), 0o644); err != nil {
		return failed("liquidsoap: %w", err)
	}
	name, args := "liquidsoap", []string{path}
	if os.Getuid() == 0 { // it refuses to be root, and only root gives priorities
		name, args = "setpriv", []string{"--reuid", "liquidsoap", "--regid", "liquidsoap", "--clear-groups", "liquidsoap", path}
	}
	cmd := s.command(s.card, s.rt, name, args...)
	end, err := started(cmd)
	if err != nil {
		return failed("liquidsoap: %w", err)
	}
	var conn net.Conn
	for range 100 {
		if conn, err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		end()
		return failed("liquidsoap: %w", err)
	}
	go func() { // what it answers must not fill the line
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			s.log.Debug("liquidsoap", "says", lines.Text())
		}
	}()
	time.Sleep(2500 * time.Millisecond)
	sh := prepare(func(line string) { _, _ = fmt.Fprintln(conn, line) }) // one that is gone has no onsets
	sh.pid = cmd.Process.Pid
	sh.end = func() { end(); _ = conn.Close() }
	return sh
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
