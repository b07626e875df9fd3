package lab

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Load is people at a board: they write notices and mend them, send recordings over
// the line in pieces, let notices air, and look at the as-run. What is acknowledged
// goes into the ledger. A board that goes away is no fault: that is what is done to it.
type Load struct {
	Client *Client
	Ledger *Ledger
	Seed   uint64
	Pause  time.Duration // between two deeds of one of them, on the average
	Air    time.Duration // between the starts of notices; 0: one behind the other
	Alarm  time.Duration // between emergencies; 0: there are none
	Spoken bool          // what is written is spoken, by an engine in a process of its own
	Take   time.Duration // of the shortest recording that is sent, the longest is twice that; 0: 3.5 s, 670 kB
	Line   int           // bytes in a second that their line to the board carries; 0: it is as fast as the board
	// Keep holds the content of a board as it is, for who weighs it: so many notices are written in
	// a Run and then only renamed, and of the recordings that a Run sent the newest so many stay.
	// 0: all stay.
	Keep int
	// Mortal: the board is to be killed, so that requests which get no answer are
	// expected. Otherwise they are faults.
	Mortal bool

	mu      sync.Mutex
	faults  []string
	refused []refused   // answers of 5xx of a board that is to be killed
	deaths  []time.Time // when somebody killed it, or a part of it
	airs    []string    // notices that have a voice
	counted int
	runs    uint64
}

// mostFaults is how many are kept: the rest is the same. A board that dies refuses more.
const mostFaults, mostRefused = 20, 10_000

// texts are what the notices say that air.
var texts = []string{
	"Kính mời bà con thôn Ún Tà ra nhà văn hóa họp bàn việc làm đường ngõ xóm vào tối nay.",
	"Hộ nào có trâu bò thì đưa ra sân kho để tiêm phòng lở mồm long móng trước bảy giờ sáng mai.",
	"Trạm y tế xã khám sức khỏe cho người cao tuổi vào thứ Năm, nhớ mang theo thẻ bảo hiểm.",
	"Đường lên núi sạt lở sau mưa, đề nghị bà con không đi qua khi trời tối.",
}

// Prepare writes n notices that air, and waits until they are spoken.
func (l *Load) Prepare(ctx context.Context, n int) error {
	for i := range n {
		if err := l.prepare(ctx, fmt.Sprintf("Thông báo %d", i+1), texts[i%len(texts)]); err != nil {
			return err
		}
	}
	return nil
}

// PrepareLong writes one notice of a minute or more, and waits until it is spoken.
func (l *Load) PrepareLong(ctx context.Context) error {
	return l.prepare(ctx, "Bản tin dài", strings.Repeat(strings.Join(texts, " ")+" ", 3))
}

func (l *Load) prepare(ctx context.Context, called, text string) error {
	a, err := l.Client.Ask(ctx, http.MethodPost, "/announcements", Object{
		"title": called, "text": text, "renditions": []Object{{"language": "vi"}, {"language": "pcc", "waived": true}},
	})
	if err != nil {
		return fmt.Errorf("write a notice: %w", err)
	}
	id := a.Text("id")
	l.Adopt(id)
	return Until(ctx, Patience, "a notice is spoken", func() bool {
		a, err := l.Client.Ask(ctx, http.MethodGet, "/announcements/"+id, nil)
		return err == nil && slices.ContainsFunc(a.List("renditions"), func(r Object) bool { return r.Text("language") == "vi" && r.Text("state") == "ready" })
	})
}

// Adopt lets a notice air that is there already and spoken.
func (l *Load) Adopt(ids ...string) { l.airs = append(l.airs, ids...) }

// Airs are the notices that air.
func (l *Load) Airs() []string { return l.airs }

// refused is an answer of 5xx.
type refused struct {
	at   time.Time
	what string
}

const (
	// dying is how long before its death a board may refuse: its disk goes first.
	dying = 3 * time.Second
	// reviving is how long behind it, while a part of it comes back.
	reviving = 20 * time.Second
)

// Died takes note that the board, or a part of it, was killed.
func (l *Load) Died(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deaths = append(l.deaths, at)
}

// Faults are what went wrong and should not have. A board that was killed is excused what it
// refused about its death, and nothing else.
func (l *Load) Faults() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Clone(l.faults)
	for _, r := range l.refused {
		if !slices.ContainsFunc(l.deaths, func(d time.Time) bool { return r.at.After(d.Add(-dying)) && r.at.Before(d.Add(reviving)) }) {
			all = append(all, r.what)
		}
	}
	return all
}

func (l *Load) fault(what string, err error) {
	var status *StatusError
	if err == nil || l.Mortal && !errors.As(err, &status) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch what += ": " + err.Error(); {
	case l.Mortal && status != nil && status.Status >= http.StatusInternalServerError: // it may be about to go
		if len(l.refused) < mostRefused {
			l.refused = append(l.refused, refused{time.Now(), what})
		}
	case len(l.faults) < mostFaults:
		l.faults = append(l.faults, what)
	}
}

func (l *Load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counted++
	return l.counted
}

// Run goes on until ctx ends, each time with other deeds. Its error is that of the ledger:
// what the board told otherwise than before. One Run goes on at a time.
func (l *Load) Run(ctx context.Context) error {
	l.runs++
	group, ctx := errgroup.WithContext(ctx)
	for i, deed := range []func(context.Context, *rand.Rand) error{l.write, l.send, l.air, l.watch, l.alarm} {
		r := rand.New(rand.NewPCG(l.Seed, l.runs<<8|uint64(i)))
		group.Go(func() error { return deed(ctx, r) })
	}
	return group.Wait()
}

// pause waits for about d; false: ctx has ended.
func pause(ctx context.Context, r *rand.Rand, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d/2 + time.Duration(r.Int64N(int64(d)+1))):
		return true
	}
}

// write makes notices and renames them. Unless they are to be spoken they wait for a
// reader, so that no voice is kept busy.
func (l *Load) write(ctx context.Context, r *rand.Rand) error {
	var ours []string
	for pause(ctx, r, l.Pause) {
		called := fmt.Sprintf("Họp thôn %d-%d", l.Seed, l.count())
		if len(ours) > 0 && (r.IntN(3) > 0 || l.Keep > 0 && len(ours) >= l.Keep) {
			id := ours[r.IntN(len(ours))]
			l.Ledger.renaming(id, called)
			_, err := l.Client.Ask(ctx, http.MethodPatch, "/announcements/"+id, Object{"title": called})
			if err == nil {
				l.Ledger.renamed(id)
			} else {
				ours = nil // nobody knows which of the two it is: it is renamed no more
			}
			l.fault("rename", unended(ctx, err))
			continue
		}
		if id := l.writeOne(ctx, called); id != "" {
			ours = append(ours, id)
		}
	}
	return nil
}

// writeOne makes a notice and gives its ID; empty: it was not acknowledged.
func (l *Load) writeOne(ctx context.Context, called string) string {
	n := l.count()
	a, err := l.Client.Ask(ctx, http.MethodPost, "/announcements", Object{
		"title": called, "text": fmt.Sprintf("Mời bà con đi họp lần %d. %s", n, texts[n%len(texts)]),
		"renditions": []Object{{"language": "vi", "waived": !l.Spoken}, {"language": "pcc", "waived": l.Spoken}},
	})
	l.fault("write", unended(ctx, err))
	if err != nil {
		return ""
	}
	l.Ledger.noticeMade(a.Text("id"), called)
	return a.Text("id")
}

// Write has somebody write a notice now, besides.
func (l *Load) Write(ctx context.Context) {
	l.writeOne(ctx, fmt.Sprintf("Họp gấp %d-%d", l.Seed, l.count()))
}

// unended is err, unless ctx ended the request.
func unended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// answered says whether an error is that answer of the board.
func answered(err error, status int) bool {
	var is *StatusError
	return errors.As(err, &is) && is.Status == status
}

// Promise gives a notice that instant to air at; the board acknowledges it by the schedule's ID.
func (l *Load) Promise(ctx context.Context, at time.Time) (schedule string, err error) {
	id := l.airs[0]
	s, err := l.Client.Ask(ctx, http.MethodPost, "/announcements/"+id+"/schedules", Object{"kind": "once", "at": at.Format(time.RFC3339Nano)})
	if err != nil {
		return "", fmt.Errorf("promise a notice: %w", err)
	}
	l.Ledger.scheduled(s.Text("id"), id)
	return s.Text("id"), nil
}

// air lets notices sound.
func (l *Load) air(ctx context.Context, r *rand.Rand) error {
	for next := time.Now(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(max(200*time.Millisecond, time.Until(next))):
		}
		air, err := l.Client.Ask(ctx, http.MethodGet, "/air", nil)
		if err != nil || air["on_air"] != nil || air["emergency"] != nil {
			l.fault("look at the air", unended(ctx, err))
			continue
		}
		next = time.Now().Add(l.Air)
		id := l.airs[r.IntN(len(l.airs))]
		s, err := l.Client.Ask(ctx, http.MethodPost, "/announcements/"+id+"/schedules", Object{"kind": "now"})
		if err == nil {
			l.Ledger.scheduled(s.Text("id"), id)
		}
		l.fault("let air", unended(ctx, err))
	}
}

// fewRows is how far back who holds the content as it is looks at the as-run: the answer would
// become longer from hour to hour otherwise, and what the board needs for it.
const fewRows = 10 * time.Minute

// watch looks at the as-run.
func (l *Load) watch(ctx context.Context, r *rand.Rand) error {
	for pause(ctx, r, l.Pause) {
		from := time.Now().AddDate(0, 0, -1)
		if l.Keep > 0 {
			from = time.Now().Add(-fewRows)
		}
		rows, err := l.Client.rowsSince(ctx, from)
		if err != nil {
			l.fault("read the as-run", unended(ctx, err))
			continue
		}
		if err := l.Ledger.told(rows); err != nil {
			return err
		}
	}
	return nil
}
