package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkRaiseEmergency is what the API adds between a call and the player:
// who calls is looked up in memory, the form is checked, nothing else.
func BenchmarkRaiseEmergency(b *testing.B) {
	h := newHouse(b)
	for b.Loop() {
		r := httptest.NewRequest("POST", "/api/v1/emergency", strings.NewReader(`{"title":"Lũ quét","reason":"Nước suối dâng nhanh","text":"Chạy lên đồi"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+h.as["cadre+"])
		rec := httptest.NewRecorder()
		if h.http.ServeHTTP(rec, r); rec.Code != 201 {
			b.Fatalf("status %d: %s", rec.Code, rec.Body)
		}
	}
}

// BenchmarkGetAir is what a program that polls costs.
func BenchmarkGetAir(b *testing.B) {
	h := newHouse(b)
	for b.Loop() {
		r := httptest.NewRequest("GET", "/api/v1/air", nil)
		r.Header.Set("Authorization", "Bearer "+h.as["viewer"])
		rec := httptest.NewRecorder()
		if h.http.ServeHTTP(rec, r); rec.Code != 200 {
			b.Fatalf("status %d: %s", rec.Code, rec.Body)
		}
	}
}

// BenchmarkPage is what the panel itself costs for a page, database and plan left out:
// its memory is mostly the page, not what compresses it.
func BenchmarkPage(b *testing.B) {
	h := newHouse(b)
	for b.Loop() {
		r := httptest.NewRequest("GET", "/help/daily", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		r.Header.Set("Authorization", "Bearer "+h.as["cadre"])
		rec := httptest.NewRecorder()
		if h.http.ServeHTTP(rec, r); rec.Code != 200 || rec.Header().Get("Content-Encoding") != "gzip" {
			b.Fatalf("status %d: %s", rec.Code, rec.Body)
		}
	}
}
