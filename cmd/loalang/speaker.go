package main

import (
	"github.com/spf13/cobra"

	"loalang/audio/speaker"
)

func (p program) speakerCommand() *cobra.Command {
	var device string
	cmd := &cobra.Command{
		Use:    "speaker",
		Short:  "Hold the sound output for loalang serve (internal)",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return speaker.Main(cmd.Context(), device)
		},
	}
	cmd.Flags().StringVar(&device, "device", "default", "sound output")
	return cmd
}

func setDevice(s *settings, v string) error {
	if _, err := speaker.ParseDevice(v); err != nil {
		return err
	}
	s.Device = v
	return nil
}
