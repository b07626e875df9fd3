package relay_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"loalang/audio"
	"loalang/relay"
)

// A proxy of the environment would dial for us what is refused.
func TestProxyOfTheEnvironmentIsNotAsked(t *testing.T) {
	asked := atomic.Int64{}
	proxy := serve(t, map[string]http.HandlerFunc{"/": func(http.ResponseWriter, *http.Request) { asked.Add(1) }})
	for _, name := range []string{"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	for _, address := range []string{"http://10.0.0.1/", "https://10.0.0.1/"} {
		if _, err := probe(t, address); codeOf(t, err) != relay.Private {
			t.Errorf("%s: %v", address, err)
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the proxy was asked %d times", n)
	}
}

// Whatever a playlist of HLS names is judged as the station itself is.
func TestHLSLeadsNowhereElse(t *testing.T) {
	for name, list := range map[string]string{
		"segment": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://10.0.0.1/a.ts\n",
		"map":     "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"http://10.0.0.1/init.mp4\"\n#EXTINF:2,\n/a.m4s\n",
		"variant": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=64000\nhttp://10.0.0.1/live.m3u8\n",
		"audio":   "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",URI=\"http://10.0.0.1/a.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=64000,AUDIO=\"a\"\n/v.m3u8\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, map[string]http.HandlerFunc{"/live.m3u8": says("", list)})
			r := &relay.Receiver{Guard: here, Decoder: counted{}, Stall: time.Second}
			pcm, err := r.Receive(context.Background(), relay.Station{URL: s.URL + "/live.m3u8"})
			if err == nil {
				_, err = io.Copy(io.Discard, pcm)
				_ = pcm.Close()
			}
			if codeOf(t, err) != relay.Private {
				t.Error(err)
			}
		})
	}
}

// A list of thousands of empty segments does not have us ask for them all.
func TestEmptySegmentsAreNoStation(t *testing.T) {
	asked := atomic.Int64{}
	s := serve(t, map[string]http.HandlerFunc{
		"/live.m3u8": says("", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"+strings.Repeat("#EXTINF:2,\n/empty.ts\n", 2000)+"#EXT-X-ENDLIST\n"),
		"/empty.ts":  func(http.ResponseWriter, *http.Request) { asked.Add(1) },
	})
	r := &relay.Receiver{Guard: here, Decoder: counted{}, Stall: time.Second}
	pcm, err := r.Receive(context.Background(), relay.Station{URL: s.URL + "/live.m3u8"})
	if err != nil {
		t.Fatal(err)
	}
	defer pcm.Close()
	if _, err := io.Copy(io.Discard, pcm); codeOf(t, err) != relay.NotSound || asked.Load() > 10 {
		t.Errorf("%v, asked %d times", err, asked.Load())
	}
}

// dribble answers with body, a byte at a time: never so late that the connection
// counts as dead, and far too late to be heard.
func dribble(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; r.Context().Err() == nil; i++ {
			if _, err := w.Write(body[i%len(body):][:1]); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(100 * time.Millisecond)
		}
	}
}

// A station that gives a byte now and then is given up, at each step of the way, and
// asked anew: the next connection may be a good one.
func TestDribblingStationIsAskedAnew(t *testing.T) {
	quick := relay.Receiver{Guard: here, Decoder: counted{}, Stall: 300 * time.Millisecond}
	for name, body := range map[string]string{
		"sound": "\xff\xfb\x90\x00", "playlist": "#EXTM3U\n# a comment that goes on and on", "headers": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := make(chan struct{}, 100)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked <- struct{}{}
				if name == "headers" {
					for i := 0; r.Context().Err() == nil && i < 1000; i++ {
						w.Header().Set(fmt.Sprintf("x-%d", i), "x")
						w.WriteHeader(http.StatusEarlyHints)
						time.Sleep(100 * time.Millisecond)
					}
					return
				}
				dribble([]byte(body))(w, r)
			}))
			s.Config.ErrorLog = quiet
			t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
			f := relay.NewFeed(relay.FeedConfig{Receiver: &quick, Station: relay.Station{URL: s.URL + "/a"}, Patience: time.Second, Now: audio.Monotonic})
			t.Cleanup(func() { _ = f.Close(); <-f.Done() })
			for range 2 {
				select {
				case <-asked:
				case <-time.After(patience):
					t.Fatal("it is waited for")
				}
			}
		})
	}
}
