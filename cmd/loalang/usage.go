package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"loalang/scheduler"
	"loalang/web"
)

// helpCommand is cobra's, but that it fails for a command that is not there.
func (p program) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usagef("unknown command %q: see `loalang --help`", strings.Join(args, " "))
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

// wrapArgs makes wrong arguments a usage error in every command.
func wrapArgs(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return argsError(cmd, args, err)
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
}

func argsError(cmd *cobra.Command, args []string, err error) error {
	switch {
	case cmd.HasSubCommands():
		return usagef("%w: see `%s --help`", err, cmd.CommandPath())
	case len(args) == 0:
		return usagef("something is missing: write `%s`", cmd.UseLine())
	}
	return usagef("%q is too much: write `%s`, with quotation marks around what has blanks in it", args[len(args)-1], cmd.UseLine())
}

// flagError words what is wrong with the flags.
func flagError(cmd *cobra.Command, err error) error {
	var value *pflag.InvalidValueError
	if errors.As(err, &value) {
		f := value.GetFlag()
		return usagef("--%s cannot be %q: give %s", f.Name, value.GetValue(), map[string]string{"int": "a number", "bool": "true or false"}[f.Value.Type()])
	}
	return usagef("%w: see `%s --help`", err, cmd.CommandPath())
}

// faultyFlags words the faults of what flags gave: every one, by the name of
// its flag. Other errors stay as they are.
func faultyFlags(err error) error {
	var faults scheduler.Invalid
	if !errors.As(err, &faults) {
		return err
	}
	parts := make([]string, len(faults))
	for i, f := range faults {
		parts[i] = "--" + f.Field + ": " + web.FaultWords(f)
	}
	return usageError{errors.New(strings.Join(parts, "; "))}
}
