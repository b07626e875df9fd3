package builtin

import _ "embed" // the sounds

//go:embed chime.wav
var chime []byte

//go:embed opening.wav
var opening []byte

//go:embed closing.wav
var closing []byte

//go:embed siren.wav
var siren []byte

// Chime is about 2.5 s: three notes that say "listen". −18 LUFS momentary.
func Chime() []byte { return chime }

// Opening is about 6 s: a melody before a slot's first notice. −18 LUFS.
func Opening() []byte { return opening }

// Closing is about 4 s: a melody after a slot's last notice. −18 LUFS.
func Closing() []byte { return closing }

// Siren is one cycle of exactly 10 s, rising and falling, whose end joins its
// beginning without a seam. −12 LUFS.
func Siren() []byte { return siren }
