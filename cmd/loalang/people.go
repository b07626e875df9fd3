package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

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
	cmd.AddCommand(p.userAddCommand(), p.userListCommand(), p.userPasswordCommand(), p.userDisableCommand(), p.userEnableCommand(), p.userPINCommand())
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
			a := people.Account{ID: newID(), Name: people.CleanName(args[0]), Role: r, Village: village}
			if err := a.Validate(); err != nil {
				return usageError{err}
			}
			password, err := readPassword(cmd.InOrStdin(), fromStdin)
			if err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				a.Created = p.clock(s).Now().UTC()
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

// readPassword reads the first line of standard input, when the caller said
// that it is there.
func readPassword(in io.Reader, said bool) (string, error) {
	if !said {
		return "", usagef("give --password-stdin and the password on standard input: a password on the command line can be read by others")
	}
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
	if err := knownVillage(ctx, db, a.Village); err != nil {
		return usageError{err}
	}
	known, err := db.AccountByName(ctx, a.Name)
	if err == nil && !known.Active() {
		return fmt.Errorf("there is a disabled person named %s: `sudo loalang-board user enable` lets them sign in again", known.Name)
	}
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
