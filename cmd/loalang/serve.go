package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"loalang/hardware"
	"loalang/health"
	"loalang/people"
	"loalang/playout"
)

// serveName is the command that a service manager keeps running.
const serveName = "serve"

func (p program) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   serveName,
		Short: "Serve the panel and play the plan",
		Long: "Serve the panel, keep the plan and play it to the sound output.\n\n" +
			"Every flag can also be set in the environment (LOALANG_LISTEN for --listen) or in\nDIR/loalang.toml (listen = \":8080\"); flags win over the environment, that over the file.\n" +
			"Exit code 78: something is set wrongly, and starting it again makes it no better.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			finishUnread(p.dataFolder(cmd))
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			return p.serve(people.Acting(cmd.Context(), people.Board()), s, cmd.OutOrStdout())
		},
	}
	addFlags(cmd.Flags())
	return cmd
}

// serve runs the board until ctx ends.
func (p program) serve(ctx context.Context, s settings, out io.Writer) error {
	log := slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: s.Log}))
	for _, warning := range s.warnings(hardware.GPIO{}.Where) {
		log.Warn("a setting is not as somebody meant it", "what", warning)
	}
	for _, line := range strayLines(boardSettings) {
		log.Warn("a setting is not as somebody meant it", "what", line.say(boardSettings, english))
	}
	for _, f := range examineFleeting(boardSettings, readOnlyRoot, english) {
		log.Warn("a setting is not as somebody meant it", "what", f.Found)
	}
	s, err := s.standIn(health.Fstab, log)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, s.Listen)
	if err != nil && !managed() {
		return err // somebody reads it now
	}
	panel := entrance{address: s.Listen, listener: listener}
	defer panel.close()
	b, err := p.openBoard(ctx, s, log)
	if err != nil {
		return err
	}
	defer b.close()
	folder(s.Data).keepSettings(s, log)
	if listener == nil {
		panel.opened = func() { noteAddress(folder(s.Data), panel.at(), log) }
	} else {
		noteAddress(folder(s.Data), panel.at(), log)
	}
	if err := b.greet(ctx, out, panel.at()); err != nil {
		return err
	}
	return b.run(ctx, panel)
}

// run keeps every part of the board going until ctx ends or one of them fails.
func (b *board) run(ctx context.Context, panel entrance) error {
	group, ctx := errgroup.WithContext(ctx)
	// The output outlives the player: its last events close the as-run.
	outCtx, endOutput := context.WithCancel(context.WithoutCancel(ctx))
	outputDone := make(chan error, 1)
	go func() { outputDone <- guarded(outCtx, b.amp, b.output.Run)() }()
	for _, part := range []func(context.Context) error{
		b.player.Run, b.listenAlong, b.calibrator.Run, b.studio.Run, b.producer.Run, b.planner.Run, b.clock.Run, b.db.TendReserve, b.db.LookForDamage, b.catchUp, b.keepReady(b.pulse.Loop("ready", slowPatience)), b.caretaker(b.pulse.Loop("caretaker", slowPatience)).Run, b.tendUploads, b.panel.LandUploads, b.panel.PushNews, b.health.Run, b.senses.tendSupply, b.lookThrough, b.tendData, b.upkeep.watchIlls, b.courier.run,
		func(ctx context.Context) error { return b.db.Watch(ctx, b.changedElsewhere) },
	} {
		group.Go(guarded(ctx, b.amp, part))
	}
	for _, part := range b.runButton() {
		group.Go(guarded(ctx, b.amp, part))
	}
	if b.amp.bypass != nil {
		group.Go(guarded(ctx, b.amp, b.amp.bypass.Run))
	}
	for _, part := range b.watched() {
		group.Go(guarded(ctx, b.amp, part))
	}
	group.Go(guarded(ctx, b.amp, func(ctx context.Context) error { return b.keepOpen(ctx, panel) }))
	group.Go(guarded(ctx, b.amp, b.keepInnerDoor))
	if b.door != nil {
		group.Go(guarded(ctx, b.amp, func(ctx context.Context) error { return b.keepOpen(ctx, b.door.entrance) }))
	}
	err := group.Wait()
	endOutput()
	return errors.Join(err, <-outputDone)
}

// guarded is a part of the board that switches the amplifier off before a fault of
// the program ends it all. The kernel lets go of the relay's line then, but some,
// a Raspberry Pi's for one, leave it at its level.
func guarded(ctx context.Context, amp io.Closer, part func(context.Context) error) func() error {
	return func() error {
		defer func() {
			if why := recover(); why != nil {
				_ = amp.Close() // what happened is told by the panic
				panic(why)
			}
		}()
		return part(ctx)
	}
}

// changedElsewhere takes over what a command has changed beside this serve.
func (b *board) changedElsewhere(ctx context.Context) {
	b.changed()
	b.calibrator.Changed()
	b.silenceTakenBack(ctx)
	b.panel.Reread(ctx)
	v, err := b.db.Village(ctx, b.village.Key)
	if err != nil {
		b.log.Error("how loud the programme is could not be taken over", "err", err)
		return
	}
	b.place.put(v)
	b.loudness.Changed()
}

// takenBackFor is how long what another process took back is looked for: Watch
// sees a change within a second, unless the database is held.
const takenBackFor = time.Minute

// silenceTakenBack ends what sounds, or is about to, of what another process
// withdrew, returned or scheduled no more. Commands date that by the board's clock, too.
func (b *board) silenceTakenBack(ctx context.Context) {
	gone, err := b.db.TakenBack(ctx, b.village.Key, b.clock.Now().Add(-takenBackFor))
	if err != nil {
		b.log.Error("what another process took back is not known: the next plan leaves it out", "err", err)
		return
	}
	for id, by := range gone {
		if err := b.player.Withdraw(ctx, id, by); err != nil && !errors.Is(err, playout.ErrNotOnAir) {
			b.log.Error("what another process took back could not be silenced", "announcement", id, "err", err)
		}
	}
	removed, err := b.db.Unscheduled(ctx, b.village.Key, b.clock.Now().Add(-takenBackFor))
	if err != nil {
		b.log.Error("which schedules another process removed is not known: the next plan leaves them out", "err", err)
		return
	}
	for id, by := range removed {
		if err := b.player.Unschedule(ctx, id, by); err != nil && !errors.Is(err, playout.ErrNotOnAir) {
			b.log.Error("what another process removed could not be silenced", "schedule", id, "err", err)
		}
	}
}

// changed tells everybody who works ahead that something was edited.
func (b *board) changed() {
	b.producer.Changed()
	b.planner.Changed()
	b.player.Changed()
	select {
	case b.replaced <- struct{}{}:
	default:
	}
}

// makeFolders creates the data folder and what lies in it.
func makeFolders(names ...string) error {
	for _, name := range names {
		if err := os.MkdirAll(name, 0o750); err != nil {
			return fmt.Errorf("create the data folder %s: %w: name one that can be written with --data", name, reasonOf(err))
		}
	}
	return nil
}
