package main_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/archive/disktest"
)

// TestSoakOfADiskThatHangs: after 80 seconds of it systemd killed the board in the middle of a siren, and
// what had died of it held the lock for whoever came behind it. The card is frozen for two minutes and a half, as one
// that is stuck: an emergency that is raised meanwhile sounds, the watchdog is fed, and once the
// card answers everything is kept.
func TestSoakOfADiskThatHangs(t *testing.T) {
	if os.Getenv("LOALANG_SOAK") == "" {
		t.Skip("make soak-parts runs it: it takes three minutes")
	}
	data := cardOf(t)
	name := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	t.Setenv("NOTIFY_SOCKET", name)
	t.Setenv("WATCHDOG_USEC", "20000000")
	d := serve(t, data, "null", quick...).admit()
	w := &watched{t: t, conn: conn}
	d.call(http.MethodGet, "/air", nil, http.StatusOK) // the board has met this caller
	thaw, err := disktest.Freeze(t, data)
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan struct{})
	go func() { // somebody writes, and waits; whether it is answered in the end is theirs to say
		defer close(written)
		r, err := http.NewRequest(http.MethodPost, d.url+"/api/v1/announcements", strings.NewReader(`{"title":"Chờ thẻ nhớ","text":"Mời bà con đi họp.","renditions":[{"language":"vi"}]}`))
		if err != nil {
			return
		}
		r.Header.Set("Authorization", "Bearer "+d.token)
		r.Header.Set("Content-Type", "application/json")
		if resp, err := http.DefaultClient.Do(r); err == nil {
			resp.Body.Close()
		}
	}()
	const frozen = 150 * time.Second
	until, raised := time.Now().Add(frozen), false
	for longest, last := time.Duration(0), time.Now(); time.Now().Before(until); {
		w.until("WATCHDOG=1") // or the board was let down
		longest = max(longest, time.Since(last))
		if last = time.Now(); longest > 20*time.Second {
			t.Fatalf("not fed for %s\n%s", longest, d.log.String())
		}
		if !raised && time.Until(until) < frozen-70*time.Second { // when loops are late already
			raised = true
			d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "thẻ nhớ treo", "expires_in": 600}, http.StatusCreated)
			d.until("the siren sounds", func() bool {
				air := d.call(http.MethodGet, "/air", nil, http.StatusOK)
				e, _ := air["emergency"].(map[string]any)
				return e != nil && e["sounding"] == true
			})
		}
	}
	if log := d.log.String(); !strings.Contains(log, "would wait as well: the watchdog is fed") || !raised {
		t.Errorf("nothing was late for want of the card: %s", log)
	}
	if err := thaw(); err != nil {
		t.Fatal(err)
	}
	<-written
	d.until("it is kept", func() bool {
		_, text := d.page("/metrics")
		return strings.Contains(d.log.String(), "every loop comes round again") && strings.Contains(text, "loalang_emergency_active 1")
	})
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	d.until("the row is there", func() bool {
		rows, _ := d.call(http.MethodGet, "/asrun", nil, http.StatusOK)["rows"].([]any)
		return len(rows) == 1 && rows[0].(map[string]any)["outcome"] != nil
	})
}
