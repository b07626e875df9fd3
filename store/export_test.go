package store

import "database/sql"

// Pools shows the tests the connections: what they promise cannot be seen from
// outside without cutting the power.
func Pools(s *Store) map[string]*sql.DB {
	return map[string]*sql.DB{"writer": s.writer, "reader": s.reader}
}

// ReleaseReserve uses the margin up, as a write that meets a full disk does.
func (s *Store) ReleaseReserve() error {
	s.margin.mu.Lock()
	defer s.margin.mu.Unlock()
	s.margin.releases++
	return remove(reserveOf(s.cfg.Path))
}
