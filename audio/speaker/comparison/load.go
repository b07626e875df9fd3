package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// burden keeps one core busy, and imports five minutes of sound over and over as
// a secretary's upload would be. It ends when the function is called.
func burden(h *hall) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var under sync.WaitGroup
	under.Go(func() {
		// A process of its own, as another program on the board would be.
		_ = exec.CommandContext(ctx, "sh", "-c", "while :; do :; done").Run() // killed in the end
	})
	under.Go(func() {
		m4a := filepath.Join(h.dir, "upload.m4a")
		encode := exec.CommandContext(ctx, "ffmpeg", "-nostdin", "-y", "-loglevel", "error", "-stream_loop", "2", "-i", h.bed(), "-t", "300", m4a)
		if out, err := encode.CombinedOutput(); err != nil {
			h.log.Error("no import beside the starts", "err", err, "out", string(out))
			return
		}
		data := filepath.Join(h.dir, "import")
		if err := inhabit(h, data); err != nil {
			h.log.Error("no import beside the starts", "err", err)
			return
		}
		for n := 0; ctx.Err() == nil; n++ {
			// Another title makes other bytes: the library would know it again.
			each := filepath.Join(h.dir, "each.m4a")
			titled := exec.CommandContext(ctx, "ffmpeg", "-nostdin", "-y", "-loglevel", "error", "-i", m4a, "-c", "copy", "-metadata", fmt.Sprint("title=", n), each)
			out, err := titled.CombinedOutput()
			if err == nil {
				out, err = exec.CommandContext(ctx, h.loalang, "recordings", "import", each, "--data", data).CombinedOutput()
			}
			if err != nil && ctx.Err() == nil {
				h.log.Error("the import beside the starts failed", "err", err, "out", string(out))
				return
			}
		}
	})
	time.Sleep(4 * time.Second) // until the first import is under way
	return func() { cancel(); under.Wait() }
}

// inhabit lets serve make its data in a folder, unless they are there.
func inhabit(h *hall, data string) error {
	database := filepath.Join(data, "loalang.db")
	if exists(database, 20*time.Millisecond) {
		return nil
	}
	cmd := exec.Command(h.loalang, "serve", "--data", data, "--listen", "127.0.0.1:0", "--device", "null")
	end, err := started(cmd)
	if err != nil {
		return err
	}
	defer end()
	if !exists(database, 10*time.Second) {
		return errors.New("serve made no database")
	}
	time.Sleep(2 * time.Second) // its library, too
	return nil
}
