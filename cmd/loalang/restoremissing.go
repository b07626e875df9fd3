package main

import (
	"context"

	"loalang/recordings"
	"loalang/store"
)

// noteMissing notes the recordings of which the stage has not every file, so that the panel
// says at once what is to be done, and says it. A backup without sound, made while no stick
// was plugged in, restored on a new disk has none of them.
func (r restoring) noteMissing(ctx context.Context, p program, stage string, db *store.Store) error {
	library, err := openLibrary(settings{Data: stage}, db, "", r.now, p.quietLog())
	if err != nil {
		return err
	}
	all, err := db.Everything(ctx)
	if err != nil {
		return err
	}
	people, missing, spoken, incomplete := 0, 0, 0, 0
	for _, rec := range all {
		if rec.Kind == recordings.BuiltIn {
			continue
		}
		people++
		n, err := library.NoteMissing(rec)
		if err != nil {
			return err
		}
		switch master, err := library.Master(ctx, rec.ID); {
		case n == 0 && err == nil:
			_ = master.Close() // only looked for
		case err == nil:
			_ = master.Close()
			incomplete++
		case rec.Kind == recordings.Speech:
			spoken++
		default:
			missing++
		}
	}
	if missing > 0 || spoken > 0 {
		r.log("%d of %d recordings have no sound here, %d of them people's: this backup did not hold it, and it was not found beside it", missing+spoken, people, missing)
		r.log("plug in the stick with the backups: the board takes their sound back by night, or at once by `sudo loalang-board data check --data %s --from FOLDER`; until then they stay silent, and nothing of them is removed", r.data)
	}
	if spoken > 0 {
		r.log("the %d that a voice read are read anew by night, where their text is kept", spoken)
	}
	if incomplete > 0 {
		r.log("%d recordings air, but not every file of them is here: the same gives it back", incomplete)
	}
	return nil
}
