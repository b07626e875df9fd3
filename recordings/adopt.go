package recordings

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Adopt takes a recording in that another board made, with the files that it is made of:
// files is where each lies, by its SHA-256. Every one is held against its hash; ErrDamaged
// when one is another or missing, and then nothing is taken in. What is there already
// stays as it is. The errors are also ErrDiskFull and those of the Index.
func (l *Library) Adopt(ctx context.Context, rec Recording, files map[string]string) error {
	if !isID(rec.ID) || rec.Kind == BuiltIn {
		return ErrNotFound
	}
	if _, err := l.index.Recording(ctx, rec.ID); err == nil {
		return nil
	} else if !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("adopt %.8s: %w", rec.ID, err)
	}
	master := false
	for _, v := range rec.Variants {
		if v.Form == PlayCopy {
			continue
		}
		if !isID(v.SHA256) || v.Form == Master && v.SHA256 != rec.ID || v.Form != Master && v.Form != Original {
			return ErrDamaged
		}
		master = master || v.Form == Master
		done, err := l.putBack(Blemish{Recording: rec.ID, Form: v.Form, SHA256: v.SHA256}, files[v.SHA256])
		if err != nil {
			return fmt.Errorf("adopt %.8s: %w", rec.ID, err)
		}
		if !done {
			return ErrDamaged
		}
	}
	if !master {
		return ErrDamaged
	}
	rec.Variants = slices.Clone(rec.Variants)
	if err := l.index.SaveRecording(ctx, rec); err != nil {
		return fmt.Errorf("adopt %.8s: %w", rec.ID, err)
	}
	return nil
}
