package playout_test

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/speech"
)

// book is a village's dictionary and what may air, in memory.
type book struct {
	words  scheduler.Words
	airing []scheduler.Dossier
	plan   scheduler.Plan
	shut   error
	racing func() // what happens instead of the next save
	during func() // what happens with it
	saves  int
}

func (b *book) Words(context.Context, string) (scheduler.Words, error) {
	return slices.Clone(b.words), b.shut
}

func (b *book) Airing(context.Context, string, time.Time) ([]scheduler.Dossier, error) {
	return slices.Clone(b.airing), b.shut
}

func (b *book) Published(context.Context, string) (scheduler.Plan, error) { return b.plan, b.shut }

func (b *book) SaveWords(_ context.Context, words []scheduler.Word, anew []scheduler.Rendition) error {
	b.saves++
	if race := b.racing; race != nil {
		b.racing = nil
		race()
		return scheduler.ErrRevision
	}
	if during := b.during; during != nil {
		b.during = nil
		during()
	}
	for _, w := range words {
		w.Revision++
		b.words = b.words.With(w)
	}
	for _, r := range anew {
		for i := range b.airing {
			for j, old := range b.airing[i].Renditions {
				if old.ID == r.ID {
					b.airing[i].Renditions = slices.Clone(b.airing[i].Renditions)
					b.airing[i].Renditions[j] = r
				}
			}
		}
	}
	return nil
}

// rendition reads one of the book.
func (b *book) rendition(announcement string) scheduler.Rendition {
	for _, d := range b.airing {
		if d.Announcement.ID == announcement {
			return d.Renditions[0]
		}
	}
	return scheduler.Rendition{}
}

// airs adds an announcement that is ready, as its voice says it.
func (b *book) airs(id, text, spoken string) {
	r := scheduler.Rendition{
		Owned: scheduler.Owned{ID: "r-" + id}, Announcement: id, Language: "vi", State: scheduler.Ready, SpokenText: spoken, Recording: "old", Length: time.Second,
	}
	b.airing = append(b.airing, scheduler.Dossier{
		Announcement: scheduler.Announcement{Owned: scheduler.Owned{ID: id, Village: "un-ta"}, Title: id, Text: text}, Renditions: []scheduler.Rendition{r},
	})
}

func word(id, written, spoken string) scheduler.Word {
	return scheduler.Word{Owned: scheduler.Owned{ID: id, Village: "un-ta"}, Language: "vi", Written: written, Spoken: spoken}
}

func (s *studio) reader(b *book) *playout.Producer {
	return playout.NewProducer(playout.ProducerConfig{
		Village: "un-ta", Drafts: s, Cache: s, Words: b, Promises: b, Engine: (*engine)(s), Urgent: (*engine)(s), Library: s,
		Now: time.Now, Done: func() { s.mu.Lock(); s.ready++; s.mu.Unlock() },
		Log: slog.New(slog.DiscardHandler),
	})
}

func titles(list []scheduler.Announcement) (all []string) {
	for _, a := range list {
		all = append(all, a.Title)
	}
	return all
}

// machine is how the rules alone read a text.
func machine(text string) string { return speech.Normalize("vi", text, nil).Text }

func TestAmendReadsAnewWhatAVoiceReads(t *testing.T) {
	ctx := context.Background()
	s, b := newStudio(), &book{}
	const text = "Kính mời bà con Ún Tà đi họp."
	b.airs("machine", text, machine(text))
	b.airs("by hand", text, "Kính mời tất cả bà con.")
	b.airs("another", "Kính mời bà con.", "Kính mời bà con.")
	take := scheduler.Rendition{Owned: scheduler.Owned{ID: "take"}, Language: "vi", State: scheduler.Ready, Recording: "take"}
	b.airing = append(b.airing, scheduler.Dossier{Announcement: scheduler.Announcement{Owned: scheduler.Owned{ID: "take"}, Title: "take", Text: text}, Renditions: []scheduler.Rendition{take}})
	p := s.reader(b)
	change := []scheduler.Word{word("1", "Ún Tà", "ún ta")}

	seen, err := p.Foresee(ctx, change)
	if err != nil || b.saves != 0 || b.rendition("machine").Recording != "old" {
		t.Fatalf("%v, %d saves", err, b.saves)
	}
	done, err := p.Amend(ctx, change)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(seen, done) || !slices.Equal(titles(done.Anew), []string{"machine"}) || !slices.Equal(titles(done.Kept), []string{"by hand"}) || len(done.Late) > 0 {
		t.Errorf("foreseen %+v, done %+v", seen, done)
	}
	if r := b.rendition("machine"); r.State != scheduler.Spoken || r.SpokenText != "Kính mời bà con ún ta đi họp." || r.Recording != "" || r.Length != 0 {
		t.Errorf("read anew: %+v", r)
	}
	if r := b.rendition("by hand"); r.SpokenText != "Kính mời tất cả bà con." || r.Recording != "old" {
		t.Errorf("what a person wrote was changed: %+v", r)
	}
	if b.airing[3].Renditions[0] != take {
		t.Errorf("what a person recorded was changed: %+v", b.airing[3].Renditions[0])
	}
	if got := p.Normalize("vi", "Thôn Ún Tà.").Text; got != "Thôn ún ta." {
		t.Errorf("not learned at once: %q", got)
	}
	if s.ready != 1 {
		t.Errorf("the planner was told %d times", s.ready)
	}

	// Taken out again, it is read as before.
	gone := b.words[0]
	gone.Deleted = time.Now()
	if done, err = p.Amend(ctx, []scheduler.Word{gone}); err != nil || len(done.Anew) != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if r := b.rendition("machine"); r.SpokenText != machine(text) {
		t.Errorf("after the word is gone: %q", r.SpokenText)
	}
}

// Somebody sends a notice while what airs soon is spoken for a new word: it was read
// by the old words, and nobody would have looked at it again.
func TestAmendReadsAnewWhatIsWrittenMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const text = "Mời bà con Ún Tà."
		s, b := newStudio(), &book{}
		b.airs("soon", text, machine(text))
		b.airs("silent", text, machine(text))
		b.plan.Occurrences = []scheduler.Occurrence{{Announcement: "soon", Due: time.Now().Add(time.Minute)}}
		b.during = func() {
			b.airs("meanwhile", text, machine(text))
			b.airs("another meanwhile", "Mời bà con.", "Mời bà con.")
			b.airs("by hand meanwhile", text, "Mời cả làng.")
		}
		done, err := s.reader(b).Amend(t.Context(), []scheduler.Word{word("1", "Ún Tà", "ún ta")})
		if err != nil || !slices.Equal(titles(done.Anew), []string{"soon", "silent", "meanwhile"}) || !slices.Equal(titles(done.Kept), []string{"by hand meanwhile"}) {
			t.Errorf("%+v, %v", done, err)
		}
		// Through the words, which say that an approval of the text covers them.
		if r := b.rendition("meanwhile"); len(s.drafts) > 0 || r.SpokenText != "Mời bà con ún ta." || r.State != scheduler.Spoken {
			t.Errorf("%+v, %+v", r, s.drafts)
		}
	})
}

// What could not be spoken in time keeps its sound, also when it is looked at again.
func TestAmendDoesNotGiveUpASoundTheSecondTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const text = "Mời bà con Ún Tà."
		s, b := newStudio(), &book{}
		b.airs("soon", text, machine(text))
		b.plan.Occurrences = []scheduler.Occurrence{{Announcement: "soon", Due: time.Now().Add(time.Minute)}}
		s.library = errors.New("no room")
		done, err := s.reader(b).Amend(t.Context(), []scheduler.Word{word("1", "Ún Tà", "ún ta")})
		if err != nil || len(s.drafts) > 0 || len(done.Late) != 1 {
			t.Errorf("%+v, %v, %+v", done, err, s.drafts)
		}
	})
}

// What airs soon has its new sound before the old one is given up.
func TestAmendSpeaksFirstWhatAirsSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		s, b := newStudio(), &book{}
		const text = "Mời bà con Ún Tà."
		b.airs("soon", text, machine(text))
		b.airs("later", text, machine(text))
		b.plan.Occurrences = []scheduler.Occurrence{
			{Announcement: "soon", Due: time.Now().Add(10 * time.Minute)}, {Announcement: "later", Due: time.Now().Add(time.Hour)},
		}
		done, err := s.reader(b).Amend(ctx, []scheduler.Word{word("1", "Ún Tà", "ún ta")})
		if err != nil || len(done.Anew) != 2 {
			t.Fatalf("%+v, %v", done, err)
		}
		if r := b.rendition("soon"); r.State != scheduler.Ready || r.Recording == "old" || r.Recording == "" || r.Length != 3*time.Second || r.SpokenText != "Mời bà con ún ta." {
			t.Errorf("soon: %+v", r)
		}
		if r := b.rendition("later"); r.State != scheduler.Spoken {
			t.Errorf("later: %+v", r)
		}
	})
}

// A sound that cannot be made anew is better heard as it is than not at all.
func TestAmendKeepsASoundThatCannotBeMadeAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const text = "Mời bà con Ún Tà."
		s, b := newStudio(), &book{}
		b.airs("soon", text, machine(text))
		b.plan.Occurrences = []scheduler.Occurrence{{Announcement: "soon", Due: time.Now().Add(time.Minute)}}
		s.library = errors.New("no room")
		done, err := s.reader(b).Amend(t.Context(), []scheduler.Word{word("1", "Ún Tà", "ún ta")})
		if err != nil || len(done.Anew) > 0 || !slices.Equal(titles(done.Late), []string{"soon"}) || len(b.words) != 1 {
			t.Errorf("%+v, %v, words %v", done, err, b.words)
		}
		if r := b.rendition("soon"); r.State != scheduler.Ready || r.Recording != "old" || r.SpokenText != text {
			t.Errorf("%+v", r)
		}
	})
}

// mute is an engine that is not there.
type mute struct{ *engine }

func (mute) Voices(context.Context) ([]speech.Voice, error) { return nil, speech.ErrNoEngine }

func TestAmendWithoutAnEngine(t *testing.T) {
	const text = "Mời bà con Ún Tà."
	s, b := newStudio(), &book{}
	b.airs("ready", text, machine(text))
	b.airs("waits", text, machine(text))
	b.airing[1].Renditions[0].State, b.airing[1].Renditions[0].Recording = scheduler.Spoken, ""
	p := playout.NewProducer(playout.ProducerConfig{
		Village: "un-ta", Drafts: s, Cache: s, Words: b, Promises: b, Engine: mute{(*engine)(s)}, Urgent: (*engine)(s), Library: s,
		Now: time.Now, Done: func() {}, Log: slog.New(slog.DiscardHandler),
	})
	done, err := p.Amend(context.Background(), []scheduler.Word{word("1", "Ún Tà", "ún ta")})
	if err != nil || !slices.Equal(titles(done.Late), []string{"ready"}) || !slices.Equal(titles(done.Anew), []string{"waits"}) {
		t.Errorf("%+v, %v", done, err)
	}
	if r := b.rendition("ready"); r.State != scheduler.Ready || r.Recording != "old" {
		t.Errorf("%+v", r)
	}
}

// A rendition that became ready meanwhile is no reason to refuse; a word that
// somebody else has changed is.
func TestAmendInARace(t *testing.T) {
	ctx := context.Background()
	const text = "Mời bà con Ún Tà."
	s, b := newStudio(), &book{words: scheduler.Words{word("1", "TDP", "tổ dân phố")}}
	b.words[0].Revision = 3
	b.airs("a", text, machine(text))
	p := s.reader(b)
	b.racing = func() { b.airing[0].Renditions[0].Revision++ }
	if _, err := p.Amend(ctx, []scheduler.Word{word("2", "Ún Tà", "ún ta")}); err != nil || b.rendition("a").State != scheduler.Spoken || b.rendition("a").Revision != 1 {
		t.Errorf("%v, %+v", err, b.rendition("a"))
	}
	old := word("1", "TDP", "tổ")
	old.Revision = 2
	if _, err := p.Amend(ctx, []scheduler.Word{old}); !errors.Is(err, scheduler.ErrRevision) {
		t.Errorf("a stale word: %v", err)
	}
	if _, err := p.Foresee(ctx, []scheduler.Word{old}); !errors.Is(err, scheduler.ErrRevision) {
		t.Errorf("a stale word: %v", err)
	}
}

// An emergency is read by the words that were known before the database went away.
func TestSpokenRemembersTheWords(t *testing.T) {
	ctx := context.Background()
	s, b := newStudio(), &book{words: scheduler.Words{word("1", "Ún Tà", "ún ta")}}
	p := s.reader(b)
	if err := p.Learn(ctx); err != nil {
		t.Fatal(err)
	}
	b.shut, b.words = errors.New("locked"), nil
	if err := p.Learn(ctx); !errors.Is(err, b.shut) {
		t.Errorf("%v", err)
	}
	if got, err := p.Spoken(ctx, "vi", "Ún Tà có lũ"); err != nil || got != "Ún ta có lũ" {
		t.Errorf("%q, %v", got, err)
	}
}

// A word that another process wrote is known after the next look.
func TestProducerLearnsWhenItIsWoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newStudio(), &book{}
		p := s.reader(b)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		synctest.Wait()
		b.words = scheduler.Words{word("1", "TDP", "tổ dân phố")}
		p.Changed()
		synctest.Wait()
		if got := p.Normalize("vi", "Họp TDP.").Text; got != "Họp tổ dân phố." {
			t.Errorf("%q", got)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestUses(t *testing.T) {
	s, b := newStudio(), &book{}
	b.airs("a", "Mời bà con Ún Tà. Ún Tà!", "x")
	b.airs("b", "Mời bà con ÚN tà.", "x")
	b.airs("c", "Họp TDP ở Ún Tà.", "x")
	words := scheduler.Words{word("1", "Ún Tà", "ún ta"), word("2", "TDP", "tổ dân phố"), word("3", "HTX", "hợp tác xã")}
	uses, err := s.reader(b).Uses(context.Background(), words)
	if err != nil || !slices.Equal(titles(uses["1"]), []string{"a", "c"}) || !slices.Equal(titles(uses["2"]), []string{"c"}) || len(uses["3"]) > 0 {
		t.Errorf("%v, %v", uses, err)
	}
	if uses, err := s.reader(b).Uses(context.Background(), nil); err != nil || len(uses) > 0 {
		t.Errorf("%v, %v", uses, err)
	}
}
