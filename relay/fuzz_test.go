package relay_test

import (
	"strings"
	"testing"
	"time"

	"loalang/relay"
)

// FuzzHLS reads playlists of HLS that anybody may send us: none brings the reader down,
// what it gives is in order, and what it refuses is a fault with a code.
func FuzzHLS(f *testing.F) {
	f.Add("#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-MAP:URI=\"i.mp4\"\n#EXTINF:6,\na.aac\n#EXT-X-GAP\nb.aac\n#EXT-X-ENDLIST\n")
	f.Add("#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",DEFAULT=YES,URI=\"s.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=128000,AUDIO=\"a\"\nv.m3u8\n")
	f.Add("#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXT-X-BYTERANGE:1@2\n")
	f.Add("#EXT-X-MEDIA-SEQUENCE:2305843009213693951\na\nb\n#EXT-X-STREAM-INF:BANDWIDTH=99999999999999999999\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := relay.ReadHLS([]byte(text))
		if err != nil {
			if relay.CodeOf(err) == "" {
				t.Errorf("a fault without a code: %v", err)
			}
			return
		}
		for i, n := range got.Numbers {
			if n < 0 || i > 0 && n < got.Numbers[i-1] {
				t.Errorf("segments are numbered %v", got.Numbers)
			}
		}
		if got.Target < time.Second || got.Target > 2*time.Minute {
			t.Errorf("segments of %s", got.Target)
		}
		if got.Variants > 0 && strings.TrimSpace(got.Chosen) == "" {
			t.Error("of several variants none is chosen")
		}
	})
}

// FuzzPlaylist reads playlists of other kinds: every entry is one line of what was sent.
func FuzzPlaylist(f *testing.F) {
	f.Add("[playlist]\nFile1=http://a/b\nTitle1=x\n")
	f.Add("\xef\xbb\xbf#EXTM3U\n#EXTINF:-1,x\nhttp://a/b\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range relay.Entries([]byte(text)) {
			if e == "" || strings.ContainsRune(e, '\n') || !strings.Contains(text, e) {
				t.Errorf("entry %q", e)
			}
		}
	})
}
