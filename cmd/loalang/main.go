// Command loalang is the village loudspeaker: one binary, one file for each
// subcommand. Flags, configuration and wiring live here and nowhere else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"os/user"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"loalang/people"
)

// version is set by the linker.
var version = "development"

// Exit codes of the program.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitFaulty = 3 // done, but what it was done with is not whole
	// exitDamaged is the end of an update that could not be tried, for the database is damaged already. The
	// scripts of the package know it.
	exitDamaged = 4
	// exitMisset is serve's end for what exitUsage is elsewhere; EX_CONFIG of sysexits.h.
	// systemd starts it no more behind that, and every crash of a Go program ends with 2.
	exitMisset = 78
)

// usageError marks an error of the words on the command line or of a setting:
// the exit code is 2, that of serve 78.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// faultyError marks that something was done with what is not whole: the exit code is 3.
type faultyError struct{ error }

func (e faultyError) Unwrap() error { return e.error }

// damagedError marks that an update was not tried because the database is damaged: the exit code is 4.
type damagedError struct{ error }

func (e damagedError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// program is one run of loalang: a value, so that a test can start it.
type program struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) (string, bool)
}

func main() {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	// A terminal or a line that is lost must not leave the amplifier on; under
	// nohup, which has it ignored, it ends nothing.
	if !signal.Ignored(syscall.SIGHUP) {
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	p := program{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run executes the command line and returns the exit code.
func (p program) run(ctx context.Context, args []string) int {
	root := p.rootCommand()
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	ran, err := root.ExecuteContextC(people.Acting(ctx, p.user()))
	if err == nil {
		return exitDone
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = errors.New("interrupted before it was done")
	}
	fmt.Fprintln(p.err, "loalang: "+sentence(err))
	var found verdict
	if errors.As(err, &found) {
		return found.code
	}
	var usage usageError
	var faulty faultyError
	var damaged damagedError
	switch {
	case errors.As(err, &usage) && ran.Name() == serveName:
		return exitMisset
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &faulty):
		return exitFaulty
	case errors.As(err, &damaged):
		return exitDamaged
	}
	return exitFailed
}

// user is who runs a command, for the history.
func (p program) user() people.Actor {
	name := strconv.Itoa(os.Getuid())
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if asked, ok := p.env("SUDO_USER"); ok && asked != "" {
		name = asked // who became root says more than root
	}
	return people.Actor{Name: name, Kind: people.ActorProcess, Way: people.ByCommand}
}

// reasonOf is an error of a file without the name, for a sentence that has it.
func reasonOf(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// sentence keeps an error on one line.
func sentence(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}

func (p program) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "loalang",
		Short:         "Loa Làng, the village loudspeaker",
		Long:          "Loa Làng plays a village's announcements to its loudspeakers on time, in every language of the village, and proves what was heard.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(p.helpCommand())
	root.AddCommand(
		p.serveCommand(), p.speakerCommand(), p.confineCommand(), p.apartCommand(), p.sayCommand(), p.speechCommand(),
		p.recordingsCommand(), p.planCommand(), p.whyCommand(), p.drillCommand(), p.monitorCommand(), p.coverageCommand(), p.asrunCommand(), p.reportCommand(), p.userCommand(), p.tokenCommand(),
		p.announcementCommand(), p.preparedCommand(), p.historyCommand(), p.villageCommand(), p.slotCommand(), p.rulesCommand(), p.exceptionCommand(), p.wordsCommand(), p.calendarCommand(), p.ampCommand(), p.buttonCommand(), p.ledCommand(), p.mixerCommand(), p.quietCommand(), p.rtcCommand(), p.doctorCommand(), p.versionCommand(),
		p.backupCommand(), p.restoreCommand(), p.migrateCommand(), p.dataCommand(), p.bundleCommand(),
	)
	wrapArgs(root)
	return root
}

func (p program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "loalang "+version)
			return err
		},
	}
}
