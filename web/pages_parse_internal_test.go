package web

import (
	"io"
	"runtime"
	"testing"
)

// The pages of both languages once took 45 MB, each with a copy of what all share, and
// more with each that was shown.
func TestPagesTakeLittleMemory(t *testing.T) {
	as, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	inUse := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := inUse()
	sets, err := parsePages(as)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		for _, tmpl := range set.Templates() { // shown once
			_ = set.ExecuteTemplate(io.Discard, tmpl.Name(), nil) // most miss what they show, and are kept all the same
		}
	}
	if took := int64(inUse()) - int64(before); took > 12<<20 {
		t.Errorf("the pages take %d MB", took>>20)
	}
	runtime.KeepAlive(sets)
}
