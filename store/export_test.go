package store

import "database/sql"

// Pools shows the tests the connections: what they promise cannot be seen from
// outside without cutting the power.
func Pools(s *Store) map[string]*sql.DB {
	return map[string]*sql.DB{"writer": s.writer, "reader": s.reader}
}
