package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"loalang/archive"
	"loalang/store"
)

func (p program) dataRepairCommand() *cobra.Command {
	var always bool
	cmd := &cobra.Command{
		Use:   "repair",
		Short: "Save what can be read of a damaged database into a new one",
		Long: "Read what can be read of the database into a new one, say of each table what was saved and what was lost, and put\n" +
			"it in its place; villages and people come from the folder standby where they are lost. The damaged file is kept\n" +
			"beside it. A running serve is refused. Where a backup is newer than what is lost, `loalang restore` is better.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			if !folder(s.Data).inhabited() {
				return fmt.Errorf("the folder %s holds no Loa Làng data: name the right one with --data", s.Data)
			}
			unlock, err := holdFolder(s.Data)
			if err != nil {
				return err
			}
			r := restoring{data: s.Data}
			defer func() { err = errors.Join(err, r.handOverAll(), unlock()) }()
			if err := finishRestore(s.Data); err != nil {
				return err
			}
			if err := p.newerDatabase(cmd, s); err != nil {
				return err // the tables that this version knows are not all of it
			}
			if !always && p.wholeDatabase(cmd, s) {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), "the database is whole: nothing to repair")
				return err
			}
			return p.repair(cmd, s)
		},
	}
	addFlags(cmd.Flags(), "data")
	cmd.Flags().BoolVar(&always, "always", false, "write it anew though no damage is found")
	return cmd
}

// newerDatabase is store.ErrNewer for the database of a newer version, which is not damaged.
func (p program) newerDatabase(cmd *cobra.Command, s settings) error {
	db, err := openStore(cmd.Context(), s, p.clock(s).Now, p.quietLog())
	if err == nil {
		return db.Close()
	}
	if errors.Is(err, store.ErrNewer) {
		return err
	}
	return nil
}

// wholeDatabase says whether nothing is wrong with it.
func (p program) wholeDatabase(cmd *cobra.Command, s settings) bool {
	db, err := openStore(cmd.Context(), s, p.clock(s).Now, p.quietLog())
	if err != nil {
		return false
	}
	defer db.Close()
	return db.Integrity(cmd.Context()) == nil
}

// repair salvages beside the data and then changes places.
func (p program) repair(cmd *cobra.Command, s settings) error {
	f := folder(s.Data)
	info, err := os.Stat(f.database())
	if err != nil {
		return fmt.Errorf("the database is gone: restore a backup with `sudo loalang-board restore FILE --data %s --over`", s.Data)
	}
	if err := archive.Room(s.Data, 3*info.Size()); err != nil {
		return fmt.Errorf("repair the database: %w", err)
	}
	stage := filepath.Join(s.Data, stageName)
	if err := os.RemoveAll(stage); err != nil {
		return fmt.Errorf("clear an interrupted repair: %w", err)
	}
	if err := os.Mkdir(stage, 0o700); err != nil {
		return fmt.Errorf("repair the database: %w", err)
	}
	list, err := store.Salvage(cmd.Context(), storeConfig(s, p.clock(s).Now, p.quietLog()), folder(stage).database())
	if err != nil {
		return errors.Join(fmt.Errorf("%w: restore a backup with `sudo loalang-board restore FILE --data %s --over`", err, s.Data), os.RemoveAll(stage))
	}
	var saved, lost int64
	for _, t := range list {
		saved += t.Saved
		what := fmt.Sprintf("%d rows lost", t.Lost)
		switch {
		case t.Lost < 0:
			what = "nobody knows how many rows are lost"
		case t.Lost == 0:
			continue
		}
		lost += max(1, t.Lost)
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%-16s %d rows saved, %s\n", t.Table, t.Saved, what); err != nil {
			return err
		}
	}
	r := restoring{data: s.Data, now: p.clock(s).Now}
	if err := r.handOver(stageName); err != nil { // before it counts: after a power cut the service reads it
		return errors.Join(err, os.RemoveAll(stage))
	}
	aside, err := r.swapDatabase(stage)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d rows saved, %d lost; the damaged database is kept in %s\nstart it again: sudo systemctl start loalang (without systemd: loalang serve --data %s); then `sudo loalang-board data check`\n", saved, lost, aside, s.Data)
	return err
}

// swapDatabase puts the database of a stage in the place of that of the data folder.
func (r restoring) swapDatabase(stage string) (aside string, err error) {
	for _, name := range []string{"standby", "reserve", "backups", "loalang.db.lock"} { // they follow the database
		if err := os.RemoveAll(filepath.Join(stage, name)); err != nil {
			return "", fmt.Errorf("repair the database: %w", err)
		}
	}
	aside = filepath.Join(r.data, r.before())
	if err := os.Mkdir(aside, 0o700); err != nil {
		return "", fmt.Errorf("make room for the damaged database: %w", err)
	}
	if err := r.handOver(filepath.Base(aside)); err != nil {
		return "", err
	}
	p := pending{Aside: filepath.Base(aside), Old: []string{"loalang.db", "loalang.db-wal", "loalang.db-shm"}}
	if p.New, err = entries(stage); err != nil {
		return "", err
	}
	return aside, r.decide(stage, p)
}
