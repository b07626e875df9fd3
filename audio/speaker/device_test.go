package speaker_test

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"loalang/audio/speaker"
)

func TestParseDevice(t *testing.T) {
	for _, c := range []struct {
		name string
		arg  string
		want speaker.DeviceChoice
	}{
		{"OK default", "default", speaker.DeviceChoice{Kind: speaker.DefaultCard}},
		{"null", "null", speaker.DeviceChoice{Kind: speaker.Null}},
		{"file", "file:/tmp/air one.wav", speaker.DeviceChoice{Kind: speaker.File, Path: "/tmp/air one.wav"}},
		{"stable name", "plughw:CARD=Device,DEV=0", speaker.DeviceChoice{Kind: speaker.NamedCard, Name: "plughw:CARD=Device,DEV=0"}},
		{"index", "hw:0,0", speaker.DeviceChoice{Kind: speaker.NamedCard, Name: "hw:0,0"}},
		{"a PCM of one's own", "dmix.main_1-a", speaker.DeviceChoice{Kind: speaker.NamedCard, Name: "dmix.main_1-a"}},
		{"longest", strings.Repeat("a", 128), speaker.DeviceChoice{Kind: speaker.NamedCard, Name: strings.Repeat("a", 128)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := speaker.ParseDevice(c.arg)
			if err != nil || got != c.want {
				t.Fatalf("ParseDevice(%q) = %+v, %v; want %+v", c.arg, got, err, c.want)
			}
			if got.String() != c.arg {
				t.Errorf("String() = %q, want %q", got, c.arg)
			}
		})
	}
}

func TestParseDeviceRefuses(t *testing.T) {
	for _, c := range []struct{ name, arg, says string }{
		{"nothing", "", "it is empty"},
		{"command", "hw:0;rm", "letters, digits"},
		{"space", "a b", "letters, digits"},
		{"path", "../x", "letters, digits"},
		{"quote", `hw:0"`, "letters, digits"},
		{"braces", "hw:{}", "letters, digits"},
		{"new line", "hw:0\nhw:1", "letters, digits"},
		{"Vietnamese", "loa_thôn", "letters, digits"},
		{"too long", strings.Repeat("a", 129), "at most 128"},
		{"file without path", "file:", "needs a path"},
		{"file with new line", "file:/tmp/a\nb", "control characters"},
		{"default with a card", "default:CARD=Device", "plughw:CARD=Device"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := speaker.ParseDevice(c.arg)
			if !errors.Is(err, speaker.ErrDevice) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("ParseDevice(%q) = %+v, %v; want ErrDevice that says %q", c.arg, got, err, c.says)
			}
			if err != nil && strings.ContainsAny(err.Error(), "\n") {
				t.Errorf("the error has more than one line: %q", err)
			}
		})
	}
}

func TestRouting(t *testing.T) {
	for _, c := range []struct {
		name    string
		routing speaker.Routing
		ok      bool
	}{
		{"OK both", speaker.BothChannels(), true},
		{"left only", speaker.Routing{1, 0}, true},
		{"quieter right", speaker.Routing{1, 0.25}, true},
		{"none", speaker.Routing{}, false},
		{"too loud", speaker.Routing{1, 1.5}, false},
		{"inverted", speaker.Routing{-1, 1}, false},
		{"no number", speaker.Routing{float32(math.NaN()), 1}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.routing.Check(); (err == nil) != c.ok {
				t.Errorf("check of %v = %v, want ok %v", c.routing, err, c.ok)
			}
		})
	}
}

func TestRoutingSpreads(t *testing.T) {
	mono := []float32{0, 0.5, -1}
	dst := make([]byte, 8*len(mono))
	speaker.Routing{1, 0.5}.Spread(dst, mono)
	for i, v := range mono {
		left := math.Float32frombits(binary.LittleEndian.Uint32(dst[8*i:]))
		right := math.Float32frombits(binary.LittleEndian.Uint32(dst[8*i+4:]))
		if left != v || right != v/2 {
			t.Errorf("frame %d = %v, %v; want %v, %v", i, left, right, v, v/2)
		}
	}
	if n := testing.AllocsPerRun(100, func() { speaker.BothChannels().Spread(dst, mono) }); n != 0 {
		t.Errorf("%v allocations on the path to the card, want 0", n)
	}
}
