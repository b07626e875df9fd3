package store_test

import (
	"context"
	"fmt"
	"testing"

	"loalang/scheduler"
)

// BenchmarkClaim is the wait before the amplifier is keyed: one durable row.
func BenchmarkClaim(b *testing.B) {
	s, _ := seeded(b)
	ctx := context.Background()
	for b.Loop() {
		if err := s.Claim(ctx, claimed(newID(), day0)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecord is one row with two airings.
func BenchmarkRecord(b *testing.B) {
	s, _ := seeded(b)
	ctx := context.Background()
	for b.Loop() {
		if err := s.Record(ctx, played(newID(), day0)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBook1000 reads a village of a thousand announcements in two
// languages, with a hundred as-run rows.
func BenchmarkBook1000(b *testing.B) {
	s, _ := seeded(b)
	ctx := context.Background()
	daily := []scheduler.Schedule{{Kind: scheduler.Slots, Slots: []string{"slot-evening"}}}
	for i := range 1000 {
		if err := s.SaveAnnouncement(ctx, notice(newID()), renditions(2), daily); err != nil {
			b.Fatal(err)
		}
		if i%10 == 0 {
			if err := s.Record(ctx, played(fmt.Sprint(i), day0)); err != nil {
				b.Fatal(err)
			}
		}
	}
	for b.Loop() {
		book, err := s.Book(ctx, unTa, day0)
		if err != nil || len(book.Announcements) != 1000 || len(book.Renditions) != 2000 {
			b.Fatal(len(book.Announcements), err)
		}
	}
}
