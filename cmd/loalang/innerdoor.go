package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

// innerDoorName is the socket by which this machine asks a running serve what sounds, wherever the
// panel can be reached and whether it can.
const innerDoorName = "serve.sock"

// doorPurpose stands in the name of the folder of the socket: it has one of its own, for what lies where the
// words of an emergency are made is taken for what an interrupted making left.
const doorPurpose = "door-"

// innerDoor opens the socket in memory; nil where there is none: then who asks goes by the panel.
func (b *board) innerDoor(ctx context.Context) net.Listener {
	dir, err := folder(b.settings.Data).inMemory(doorPurpose)
	path := filepath.Join(dir, innerDoorName)
	if err == nil {
		err = os.Remove(path) // of a serve that was killed: the folder is ours, by the lock
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	var l net.Listener
	if err == nil {
		l, err = new(net.ListenConfig).Listen(ctx, "unix", path)
	}
	if err == nil {
		err = os.Chmod(path, 0o666) // the folder is closed to everybody but root, who may be left with reading
	}
	if err != nil {
		b.log.Warn("this machine asks what sounds by the panel alone", "err", err)
		if l != nil {
			_ = l.Close() // nothing came of it
		}
		return nil
	}
	return l
}

// indoors serves /metrics alone, to whoever may come to the socket.
func indoors(panel http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = "127.0.0.1:0" // as from this machine
		panel.ServeHTTP(w, r)
	})
	return mux
}

// keepInnerDoor serves the socket until ctx ends. It returns nil.
func (b *board) keepInnerDoor(ctx context.Context) error {
	l := b.innerDoor(ctx)
	if l == nil {
		return nil
	}
	defer func() { _ = os.RemoveAll(filepath.Dir(l.Addr().String())) }() // while the data are still locked
	if err := b.serveAt(ctx, entrance{listener: l, handler: indoors(b.panel.Handler())}); err != nil && ctx.Err() == nil {
		b.log.Warn("this machine asks what sounds by the panel alone from now on", "err", err)
	}
	return nil
}

// innerDoors are the sockets of those who serve a data folder, or run in memory because its disk is
// missing, whoever they are. Some may be left of a serve that was killed.
func (f folder) innerDoors() (paths []string, err error) {
	mark, err := f.mark()
	if err != nil {
		return nil, err
	}
	memories, err := filepath.Glob(filepath.Join(sharedMemory, "loalang-data-[0-9]*-"+mark))
	if err != nil {
		return nil, err
	}
	for _, data := range append([]string{string(f)}, memories...) {
		if mark, err = folder(data).mark(); err != nil {
			return nil, err
		}
		doors, err := filepath.Glob(filepath.Join(sharedMemory, "loalang-"+doorPurpose+"[0-9]*-"+mark, innerDoorName))
		if err != nil {
			return nil, err
		}
		paths = append(paths, doors...)
	}
	return paths, nil
}

// through is a client that asks by a socket.
func through(path string) *http.Client {
	return &http.Client{Timeout: quietPatience, Transport: &http.Transport{
		DisableKeepAlives: true, Proxy: nil,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		},
	}}
}
