package speaker_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"loalang/audio/speaker"
)

// The test binary is its own child: Output runs it as `BINARY speaker --device
// DEVICE`.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "speaker" {
		if err := speaker.Main(context.Background(), os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}
