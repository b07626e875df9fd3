package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/people"
	"loalang/store"
)

func (p program) userCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "People who sign in",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.userAddCommand())
	return cmd
}

func (p program) userAddCommand() *cobra.Command {
	var role, village string
	var fromStdin bool
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a person; the password is read from standard input",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := parseRole(role)
			if err != nil {
				return err
			}
			if !fromStdin {
				return usagef("give --password-stdin and the password on standard input: a password on the command line can be read by others")
			}
			password, err := readPassword(cmd.InOrStdin())
			if err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, _ settings, db *store.Store) error {
				a := people.Account{ID: newID(), Name: people.CleanName(args[0]), Role: r, Village: village, Created: time.Now().UTC()}
				if err := addUser(ctx, db, a, password); err != nil {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s may sign in as %s\n", a.Name, a.Role)
				return err
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	cmd.Flags().StringVar(&role, "role", "", "admin, officer, cadre, recorder or viewer")
	cmd.Flags().StringVar(&village, "village", "", "key of the one village; empty: every village")
	cmd.Flags().BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input")
	return cmd
}

func parseRole(s string) (people.Role, error) {
	if s == "" {
		return "", usagef("give --role: admin, officer, cadre, recorder or viewer")
	}
	r, err := people.ParseRole(s)
	if err != nil {
		return "", usageError{err}
	}
	return r, nil
}

func readPassword(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func addUser(ctx context.Context, db *store.Store, a people.Account, password string) error {
	if err := people.CheckPasswordRules(password); err != nil {
		return err
	}
	if err := a.Validate(); err != nil {
		return err
	}
	if err := knownVillage(ctx, db, a.Village); err != nil {
		return err
	}
	_, err := db.AccountByName(ctx, a.Name)
	if err == nil {
		return fmt.Errorf("there is a person named %s already: choose another name", a.Name)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if a.Password, err = people.NewPasswords().HashPassword(ctx, password); err != nil {
		return err
	}
	return db.SaveAccount(ctx, a)
}

func knownVillage(ctx context.Context, db *store.Store, key string) error {
	if key == "" {
		return nil
	}
	if _, err := db.Village(ctx, key); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no village %q: use the key of a village, such as un-ta", key)
	} else if err != nil {
		return err
	}
	return nil
}

func (p program) tokenCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Bearer tokens for programs",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.tokenAddCommand())
	return cmd
}

func (p program) tokenAddCommand() *cobra.Command {
	var role, village, expires string
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
			now := time.Now().UTC()
			ends, err := expiry(expires, now)
			if err != nil {
				return err
			}
			secret := people.NewSecret()
			t := people.Token{
				ID: newID(), Name: people.CleanName(args[0]), Role: r, Village: village, Expires: ends,
				Emergency: emergency, Hash: people.HashSecret(secret), Created: now,
			}
			if err := t.Validate(now); err != nil {
				return usageError{err}
			}
			return p.withStore(cmd, func(ctx context.Context, _ settings, db *store.Store) error {
				if err := knownVillage(ctx, db, village); err != nil {
					return err
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
	cmd.Flags().StringVar(&expires, "expires", "", "how long it lives, such as 30d or 12h; empty: until it is revoked")
	cmd.Flags().BoolVar(&emergency, "allow-emergency", false, "it may raise and stop emergencies")
	return cmd
}

// expiry reads "30d", "12h" or a date; "" is never.
func expiry(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 3650 {
			return now.AddDate(0, 0, n), nil
		}
	} else if d, err := time.ParseDuration(s); err == nil && d > 0 {
		return now.Add(d), nil
	}
	return time.Time{}, usagef("--expires %q is no span: use days or hours, such as 30d or 12h", s)
}
