package playout

import (
	"encoding/binary"
	"io"

	"loalang/proof"
)

// pieces analyses sound until it ends.
func pieces(in io.Reader, got func([]proof.Frame)) error {
	analyser := proof.NewAnalyser()
	raw := make([]byte, monitorPiece)
	sound := make([]int16, 0, monitorPiece/2)
	frames := make([]proof.Frame, 0, 16)
	half := 0
	for {
		n, err := in.Read(raw[half:])
		n += half
		sound = sound[:0]
		for i := 0; i+1 < n; i += 2 {
			sound = append(sound, int16(binary.LittleEndian.Uint16(raw[i:])))
		}
		if half = n % 2; half == 1 {
			raw[0] = raw[n-1]
		}
		if frames = analyser.Write(frames[:0], sound); len(frames) > 0 {
			got(frames)
		}
		if err != nil {
			return err
		}
	}
}
