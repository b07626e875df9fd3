package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"loalang/people"
	"loalang/store"
)

func (p program) tokenCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Bearer tokens for programs",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.tokenAddCommand(), p.tokenListCommand(), p.tokenRevokeCommand())
	return cmd
}

func (p program) tokenAddCommand() *cobra.Command {
	var role, village, expires, owner string
	var emergency bool
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a bearer token and print it once",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := parseRole(role)
			if err != nil {
				return err
			}
			endOf, err := expiry(expires)
			if err != nil {
				return err
			}
			secret := people.NewSecret()
			t := people.Token{
				ID: newID(), Name: people.CleanName(args[0]), Role: r, Village: village,
				Emergency: emergency, Hash: people.HashSecret(secret),
			}
			if err := t.Validate(t.Created); err != nil {
				return usageError{err}
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				t.Created = p.clock(s).Now().UTC() // serve counts its life by that
				t.Expires = endOf(t.Created)
				if err := knownVillage(ctx, db, village); err != nil {
					return usageError{err}
				}
				if owner != "" {
					a, err := db.AccountByName(ctx, owner)
					if errors.Is(err, fs.ErrNotExist) {
						return usagef("--owner: no account is called %q (see `sudo loalang-board user list`)", owner)
					}
					if err != nil {
						return err
					}
					t.Owner = a.ID
				}
				if err := db.SaveToken(ctx, t); err != nil {
					return err
				}
				_, err := fmt.Fprintln(cmd.OutOrStdout(), secret)
				return err
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	cmd.Flags().StringVar(&role, "role", "", "admin, officer, cadre, recorder or viewer")
	cmd.Flags().StringVar(&village, "village", "", "key of the one village; empty: every village")
	cmd.Flags().StringVar(&owner, "owner", "", "name of the account whose token it is: it counts as that person; empty: a program's")
	cmd.Flags().StringVar(&expires, "expires", "", "how long it lives, such as 30d or 12h; empty: until it is revoked")
	cmd.Flags().BoolVar(&emergency, "allow-emergency", false, "it may raise and stop emergencies")
	return cmd
}

func (p program) tokenListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print every token, the revoked and expired ones too; never its secret",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				all, err := db.AllTokens(ctx)
				if err != nil {
					return err
				}
				accounts, err := db.AllAccounts(ctx)
				if err != nil {
					return err
				}
				now := p.clock(s).Now()
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "ID\tNAME\tROLE\tVILLAGE\tEMERGENCY\tOWNER\tADDED\tISSUER\tUSED\tSTATE") // Flush tells of failures
				for _, t := range all {
					emergency := "no"
					if t.Emergency {
						emergency = "yes"
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, t.Role, everyOr(t.Village), emergency, tokenOwner(t, accounts), localDay(t.Created), cmp.Or(t.Issuer, "-"), tokenUsed(t), tokenState(t, now))
				}
				return w.Flush()
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	return cmd
}

// tokenOwner is the name of the account whose token it is; "-": it is a program's own.
func tokenOwner(t people.Token, accounts []people.Account) string {
	i := slices.IndexFunc(accounts, func(a people.Account) bool { return a.ID == t.Owner })
	switch {
	case t.Owner == "":
		return "-"
	case i < 0:
		return "gone"
	}
	return accounts[i].Name
}

// tokenUsed is when a token was last used, which is kept to the hour.
func tokenUsed(t people.Token) string {
	if t.Used.IsZero() {
		return "never"
	}
	return t.Used.Local().Format("2006-01-02 15:04")
}

func tokenState(t people.Token, now time.Time) string {
	switch {
	case !t.Revoked.IsZero():
		return "revoked " + localDay(t.Revoked)
	case t.Expires.IsZero():
		return "works until it is revoked"
	case !t.AliveAt(now):
		return "expired " + localDay(t.Expires)
	}
	return "works until " + t.Expires.Local().Format("2006-01-02 15:04")
}

func (p program) tokenRevokeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revoke ID|NAME",
		Short: "Make a token worthless, at once and for ever",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				all, err := db.AllTokens(ctx)
				if err != nil {
					return err
				}
				now := p.clock(s).Now().UTC()
				t, err := people.FindToken(all, args[0], now)
				if err != nil {
					return fmt.Errorf("%q: %w (see `sudo loalang-board token list`)", args[0], err)
				}
				if t.Revoked.IsZero() {
					t.Revoked = now
					if err := db.SaveToken(ctx, t); err != nil {
						return err
					}
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "the token %s is revoked\n", t.Name)
				return err
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	return cmd
}

// expiry reads "30d" or "12h" as when something ends that begins at an instant; zero, of "", is never.
func expiry(s string) (endOf func(begun time.Time) time.Time, err error) {
	if s == "" {
		return func(time.Time) time.Time { return time.Time{} }, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 3650 {
			return func(begun time.Time) time.Time { return begun.AddDate(0, 0, n) }, nil
		}
	} else if d, err := time.ParseDuration(s); err == nil && d > 0 {
		return func(begun time.Time) time.Time { return begun.Add(d) }, nil
	}
	return nil, usagef("--expires %q is no span: use days, 3650 at the most, or hours, such as 30d or 12h", s)
}
