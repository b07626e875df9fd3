package scheduler

// The first chunk of a slab, and the largest: a village of three notices pays for
// few places, and one of thousands asks for memory seldom.
const (
	slabFirst = 8
	slabMost  = 256
)

// slab hands out places for values that live as long as a plan is built: one
// allocation for many of them.
type slab[T any] struct {
	chunk []T
	spare []*T // given back
}

// take is a place; what is in it is old.
func (s *slab[T]) take() *T {
	if n := len(s.spare); n > 0 {
		p := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return p
	}
	if len(s.chunk) == cap(s.chunk) {
		s.chunk = make([]T, 0, min(max(2*cap(s.chunk), slabFirst), slabMost))
	}
	s.chunk = s.chunk[:len(s.chunk)+1]
	return &s.chunk[len(s.chunk)-1]
}

// give takes a place back.
func (s *slab[T]) give(p *T) { s.spare = append(s.spare, p) }
