package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"loalang/people"
	"loalang/store"
)

func (p program) userListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print everybody who signs in, the disabled ones too",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(ctx context.Context, _ settings, db *store.Store) error {
				all, err := db.AllAccounts(ctx)
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "NAME\tROLE\tVILLAGE\tADDED\tSTATE") // Flush tells of failures
				for _, a := range all {
					state := "may sign in"
					if !a.Active() {
						state = "disabled " + localDay(a.Disabled)
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Name, a.Role, everyOr(a.Village), localDay(a.Created), state)
				}
				return w.Flush()
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	return cmd
}

// everyOr words the village to which a person or a program is bound.
func everyOr(village string) string {
	if village == "" {
		return "(every)"
	}
	return village
}

// localDay is a day as this machine's people count it.
func localDay(t time.Time) string { return t.Local().Format(time.DateOnly) }

func (p program) userDisableCommand() *cobra.Command {
	return p.accountCommand("disable NAME", "Let a person sign in no more; what they are signed in to ends at once",
		func(_ context.Context, _ *store.Store, a people.Account, now time.Time) (people.Account, string, error) {
			return a.Off(now), a.Name + " may sign in no more", nil
		})
}

func (p program) userEnableCommand() *cobra.Command {
	return p.accountCommand("enable NAME", "Let a disabled person sign in again, by the password they had",
		func(_ context.Context, _ *store.Store, a people.Account, _ time.Time) (people.Account, string, error) {
			return a.On(), fmt.Sprintf("%s may sign in as %s", a.Name, a.Role), nil
		})
}

func (p program) userPasswordCommand() *cobra.Command {
	var fromStdin bool
	var password string
	cmd := p.accountCommand("password NAME", "Give a person a new password; what they are signed in to ends at once, and their passkeys are forgotten",
		func(ctx context.Context, db *store.Store, a people.Account, _ time.Time) (people.Account, string, error) {
			encoded, err := people.NewPasswords().HashPassword(ctx, password)
			if err != nil {
				return a, "", err
			}
			return a.WithPassword(encoded), a.Name + " signs in by the new password", forgetPasskeys(ctx, db, a.ID)
		})
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) (err error) {
		password, err = readPassword(cmd.InOrStdin(), fromStdin)
		return err
	}
	cmd.Flags().BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input")
	return cmd
}

// forgetPasskeys lets an account sign in by none of its keys any more: whoever had the
// password may have added one of their own.
func forgetPasskeys(ctx context.Context, db *store.Store, account string) error {
	keys, err := db.Passkeys(ctx, account)
	for _, k := range keys {
		if err := db.DropPasskey(ctx, account, k.ID); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

func (p program) userPINCommand() *cobra.Command {
	var reset bool
	cmd := p.accountCommand("pin NAME", "Let the PIN of a person be forgotten; they choose another at the next emergency",
		func(_ context.Context, _ *store.Store, a people.Account, _ time.Time) (people.Account, string, error) {
			return a.WithoutPIN(), a.Name + " has no PIN and chooses another at the next emergency", nil
		})
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if !reset {
			return usagef("give --reset: a PIN can only be forgotten here, the person chooses the next")
		}
		return nil
	}
	cmd.Flags().BoolVar(&reset, "reset", false, "forget it")
	return cmd
}

// accountCommand is a command that changes one account and says what it did. change is
// handed the time by the board's clock, in UTC.
func (p program) accountCommand(use, short string, change func(context.Context, *store.Store, people.Account, time.Time) (people.Account, string, error)) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				before, err := db.AccountByName(ctx, args[0])
				if errors.Is(err, fs.ErrNotExist) {
					return fmt.Errorf("there is no person named %s: see `sudo loalang-board user list`", people.CleanName(args[0]))
				}
				if err != nil {
					return err
				}
				after, said, err := change(ctx, db, before, p.clock(s).Now().UTC())
				if err != nil {
					return err
				}
				if after != before {
					if err := db.SaveAccount(ctx, after); err != nil {
						return err
					}
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), said)
				return err
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	return cmd
}
