// Package report sums up what became of a place's occurrences: how many were on
// time, late, cut, missed and all else, by day, month, village, topic, language
// and issuer, each with its cause. It owns the definitions behind every figure
// that a commune files (ADR 31).
//
// It is pure: it takes rows of its own small type and knows nothing of air,
// database or pages. It starts no goroutine; a Sum belongs to one.
package report
