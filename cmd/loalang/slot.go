package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

// maxSlotFile is the greatest size of a file of a slot, in bytes.
const maxSlotFile = 1 << 20

func (p program) slotCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "slot",
		Short: "The slots of a village: list, show, add, edit, remove",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.slotListCommand(), p.slotShowCommand(), p.slotAddCommand(), p.slotEditCommand(), p.slotRemoveCommand())
	return cmd
}

// readSlots does something with the living slots of the village that was named.
func (p program) readSlots(cmd *cobra.Command, do func(all []scheduler.Slot) error) {
	cmd.RunE = p.slotsRun(cmd.RunE, do)
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
}

func (p program) slotsRun(before func(*cobra.Command, []string) error, do func(all []scheduler.Slot) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if before != nil {
			if err := before(cmd, args); err != nil {
				return err
			}
		}
		return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
			v, _, err := place(ctx, db, s.Village)
			if err != nil {
				return err
			}
			all, err := db.Slots(ctx, v.Key)
			if err != nil {
				return err
			}
			return do(all)
		})
	}
}

func (p program) slotListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "list", Short: "Print the slots: ID, start, minutes, days, name", Args: cobra.NoArgs}
	p.readSlots(cmd, func(all []scheduler.Slot) error {
		forms := []web.SlotForm{}
		var text strings.Builder
		for _, sl := range all {
			f := web.SlotFormOf(sl)
			forms = append(forms, f)
			days := strings.Join(f.Days, ",")
			if days == "" {
				days = "every day"
			}
			fmt.Fprintf(&text, "%s\t%s\t%g min\t%s\t%s\n", f.ID, f.Start, f.Length/60, days, f.Name)
		}
		if asJSON {
			return writeJSON(cmd.OutOrStdout(), forms)
		}
		_, err := io.WriteString(cmd.OutOrStdout(), text.String())
		return err
	})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as the API does")
	return cmd
}

func writeJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func (p program) slotShowCommand() *cobra.Command {
	var id string
	cmd := &cobra.Command{
		Use: "show ID", Short: "Print a slot whole, in the form that slot add and slot edit read", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { id = args[0]; return nil },
	}
	p.readSlots(cmd, func(all []scheduler.Slot) error {
		i := slices.IndexFunc(all, func(sl scheduler.Slot) bool { return sl.ID == id })
		if i < 0 {
			return usagef("no slot has the ID %q: `loalang slot list` prints them", id)
		}
		return writeJSON(cmd.OutOrStdout(), web.SlotFormOf(all[i]))
	})
	return cmd
}

// slotFlags are the parts of a slot that have a flag of their own.
type slotFlags struct {
	name, start      string
	length, limit    time.Duration
	days             []string
	opening, closing string
}

func (f *slotFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.name, "name", "", "name, such as Buổi sáng")
	flags.StringVar(&f.start, "start", "", "time of day at which it begins, such as 05:30")
	flags.DurationVar(&f.length, "length", 0, "how long it is, such as 60m")
	flags.DurationVar(&f.limit, "limit", 0, "how much of it notices may take; 0: all")
	flags.StringSliceVar(&f.days, "days", nil, "days of the week, such as mon,fri; empty: every day")
	flags.StringVar(&f.opening, "opening", "", "ID of the recording that opens it; empty: none")
	flags.StringVar(&f.closing, "closing", "", "ID of the recording that closes it; empty: none")
}

// apply puts what was given into a slot. What is relayed at a distance from the start
// moves with it; what keeps its time of day stays.
func (f *slotFlags) apply(flags *pflag.FlagSet, to *web.SlotForm) {
	for name, set := range map[string]func(){
		"name": func() { to.Name = f.name }, "length": func() { to.Length = f.length.Seconds() }, "limit": func() { to.Limit = f.limit.Seconds() },
		"days": func() { to.Days = f.days }, "opening": func() { to.Opening = f.opening }, "closing": func() { to.Closing = f.closing },
		"start": func() {
			to.Start = f.start
			for i := range to.Relays {
				if !to.Relays[i].Keeps {
					to.Relays[i].At = ""
				}
			}
		},
	} {
		if flags.Changed(name) {
			set()
		}
	}
}

func (p program) slotAddCommand() *cobra.Command {
	var flags slotFlags
	cmd := &cobra.Command{
		Use:   "add [FILE]",
		Short: "Add a slot, from flags, or from a file as slot show prints it, - for standard input",
		Long:  "Add a slot, from flags, or from a file as slot show prints it; - is standard input. Seasons, days off and what is\nrelayed at fixed times are in the file. A running serve takes it over at once.",
		Args:  cobra.MaximumNArgs(1),
	}
	p.atDesk(cmd, func(ctx context.Context, d web.Desk, args []string) (string, *web.Foreseen, error) {
		f := web.SlotForm{}
		if len(args) > 0 {
			if err := readSlotFile(cmd.InOrStdin(), args[0], &f); err != nil {
				return "", nil, err
			}
		}
		flags.apply(cmd.Flags(), &f)
		f.ID, f.Revision = "", 0
		id, seen, err := d.PutSlot(ctx, f)
		return saved(ctx, d, "added", id, seen, err)
	})
	flags.add(cmd.Flags())
	return cmd
}

func (p program) slotEditCommand() *cobra.Command {
	var flags slotFlags
	cmd := &cobra.Command{
		Use:   "edit ID [FILE]",
		Short: "Change a slot: what flags give, or the whole of it by a file as slot show prints it",
		Long:  "Change a slot: what flags give, or the whole of it by a file as slot show prints it; - is standard input.\nA file that was printed before somebody else changed the slot is refused. A running serve takes it over at once.",
		Args:  cobra.RangeArgs(1, 2),
	}
	p.atDesk(cmd, func(ctx context.Context, d web.Desk, args []string) (string, *web.Foreseen, error) {
		all, err := d.Places.Slots(ctx, d.Village)
		if err != nil {
			return "", nil, err
		}
		i := slices.IndexFunc(all, func(sl scheduler.Slot) bool { return sl.ID == args[0] })
		if i < 0 {
			return "", nil, usagef("no slot has the ID %q: `loalang slot list` prints them", args[0])
		}
		f := web.SlotFormOf(all[i])
		if len(args) > 1 {
			f = web.SlotForm{}
			if err := readSlotFile(cmd.InOrStdin(), args[1], &f); err != nil {
				return "", nil, err
			}
		}
		flags.apply(cmd.Flags(), &f)
		f.ID = args[0]
		id, seen, err := d.PutSlot(ctx, f)
		return saved(ctx, d, "changed", id, seen, err)
	})
	flags.add(cmd.Flags())
	return cmd
}

func (p program) slotRemoveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "remove ID", Short: "Remove a slot; what was to air in it says so on the plan", Args: cobra.ExactArgs(1),
	}
	p.atDesk(cmd, func(ctx context.Context, d web.Desk, args []string) (string, *web.Foreseen, error) {
		seen, err := d.RemoveSlot(ctx, args[0])
		return "removed\t" + args[0], seen, err
	})
	return cmd
}

// saved is the answer to a slot that was put: what was done, and what it overlaps.
func saved(ctx context.Context, d web.Desk, deed, id string, seen *web.Foreseen, err error) (string, *web.Foreseen, error) {
	done := deed + "\t" + id
	if err != nil || seen != nil {
		return done, seen, err
	}
	clashes, err := d.Clashes(ctx, id)
	return strings.Join(append([]string{done}, clashes...), "\n"), nil, err
}

// readSlotFile reads a slot from a file, or standard input for "-"; a name that is none
// of a slot's is a fault.
func readSlotFile(in io.Reader, name string, into *web.SlotForm) error {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return usagef("%v", err)
		}
		defer file.Close()
		in = file
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxSlotFile))
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return usagef("%s is no slot: %v; slot show prints the form", name, err)
	}
	return nil
}
