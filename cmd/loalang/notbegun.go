package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"loalang/store"
)

// errNotBegun says that the tables are those of the version before, which may be running still: an update
// begins hours later where something sounds, and until then the commands are those of the new version. That
// serve would go on writing to tables that changed under it, and could not be gone back to.
var errNotBegun = errors.New("the database is still that of the version before, and the new version has not begun to use it: it begins when nothing sounds, and this command works from then on; at once: sudo systemctl restart loalang")

// openBeside opens the store of a command beside a serve that may be running: what that one uses is
// not brought up to date, the error is errNotBegun.
func openBeside(ctx context.Context, s settings, now func() time.Time, log *slog.Logger) (*store.Store, error) {
	return openUnchanged(ctx, storeConfig(s, now, log), func() error {
		is, _, err := running(folder(s.Data))
		switch {
		case err != nil:
			return fmt.Errorf("look for a serve: %w", err)
		case is:
			return errNotBegun
		}
		return nil
	})
}

// openLooking opens the store of a command that only looks: tables of the version before are errNotBegun,
// whether a serve runs or not.
func openLooking(ctx context.Context, s settings, now func() time.Time, log *slog.Logger) (*store.Store, error) {
	return openUnchanged(ctx, storeConfig(s, now, log), func() error { return errNotBegun })
}

// openUnchanged opens a store whose tables are only brought up to date where may says nothing.
func openUnchanged(ctx context.Context, c store.Config, may func() error) (*store.Store, error) {
	c.Update = may
	db, err := store.Open(ctx, c)
	if errors.Is(err, errNotBegun) {
		return nil, errNotBegun // one sentence, without what was being done
	}
	return db, err
}
