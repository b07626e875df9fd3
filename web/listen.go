package web

import (
	"encoding/binary"
	"net/http"
	"time"

	"loalang/audio"
	"loalang/people"
	"loalang/scheduler"
)

const (
	// listenPiece is how much sound goes out at once: 100 ms.
	listenPiece = int(audio.Rate) / 10 * 2
	// endlessBytes is the length in the header of a WAV that has no end: what
	// players take for "as long as it comes".
	endlessBytes = 0xFFFFFFFF
)

// listen plays what leaves the mixer, from now on, as an endless WAV. "format"
// is wav (48 kHz, 16 bits, 768 kbit/s) or slim (16 kHz µ-law, 128 kbit/s, for a
// thin line; speech loses nothing that a horn would play). Chromium's <audio>
// begins once it has some 230 KB (measured): 2.5 s behind with wav, 14 s with
// slim, which is for programs that decode what they get.
func (s *Server) listen(k *Caller) {
	if _, err := k.village("", people.View); err != nil {
		k.fail(err)
		return
	}
	shape, known := waveShapes()[k.c.DefaultQuery("format", "wav")]
	if !known {
		k.fail(k.invalid("format", scheduler.FaultUnknown, "wav, slim"))
		return
	}
	if s.cfg.Listen == nil {
		k.fail(s.problem(k.lang, http.StatusServiceUnavailable, "no-device"))
		return
	}
	if k.c.Request.Method == http.MethodHead {
		openStream(k.c, "audio/wav")
		return
	}
	ctx := k.c.Request.Context()
	sound, err := s.cfg.Listen.Listen(ctx)
	if err != nil {
		s.cfg.Logger.Error("listen-in could not begin", "err", err)
		k.fail(s.problem(k.lang, http.StatusServiceUnavailable, "no-device"))
		return
	}
	defer sound.Close() //nolint:errcheck // it was only read
	st := openStream(k.c, "audio/wav")
	defer st.close()
	if st.send(shape.header()) != nil {
		return
	}
	pump(st, sound, shape.encoder(), s.every(streamCheck, func() bool { return s.mayStill(k, people.View) }))
}

// every makes a question that is asked at most so often; between it answers yes.
func (s *Server) every(span time.Duration, ask func() bool) func() bool {
	next := systemTime(span)
	return func() bool {
		now := systemTime(0)
		if now.Before(next) {
			return true
		}
		next = now.Add(span)
		return ask()
	}
}

// reader is the sound from the mixer.
type reader interface{ Read(p []byte) (int, error) }

// pump sends sound until it ends, its listener leaves or may not go on.
func pump(st stream, sound reader, encode func([]int16) []byte, goOn func() bool) {
	raw := make([]byte, listenPiece)
	frames := make([]int16, 0, listenPiece/2)
	half := 0 // bytes of a frame that came without its other half
	for goOn() {
		n, err := sound.Read(raw[half:])
		n += half
		frames = frames[:0]
		for i := 0; i+1 < n; i += 2 {
			frames = append(frames, int16(binary.LittleEndian.Uint16(raw[i:])))
		}
		if half = n % 2; half == 1 {
			raw[0] = raw[n-1]
		}
		if piece := encode(frames); len(piece) > 0 && st.send(piece) != nil {
			return
		}
		if err != nil {
			return
		}
	}
}

// waveShape is a form of WAV (Microsoft, "Multiple Channel Audio Data and WAVE
// Files"; µ-law is ITU-T G.711).
type waveShape struct {
	tag     uint16 // 1 PCM, 7 µ-law
	rate    uint32 // frames a second
	bits    uint16 // of a frame; there is one channel
	encoder func() func([]int16) []byte
}

func waveShapes() map[string]waveShape {
	return map[string]waveShape{
		"wav":  {tag: 1, rate: uint32(audio.Rate), bits: 16, encoder: func() func([]int16) []byte { return littleEndian }},
		"slim": {tag: 7, rate: uint32(audio.Rate) / decimation, bits: 8, encoder: func() func([]int16) []byte { return newSlim().encode }},
	}
}

// header is the beginning of an endless WAV.
func (ws waveShape) header() []byte {
	width := ws.bits / 8
	h := append([]byte("RIFF"), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(h[4:], endlessBytes)
	h = append(h, "WAVEfmt "...)
	h = binary.LittleEndian.AppendUint32(h, 16)
	h = binary.LittleEndian.AppendUint16(h, ws.tag)
	h = binary.LittleEndian.AppendUint16(h, 1)
	h = binary.LittleEndian.AppendUint32(h, ws.rate)
	h = binary.LittleEndian.AppendUint32(h, ws.rate*uint32(width))
	h = binary.LittleEndian.AppendUint16(h, width)
	h = binary.LittleEndian.AppendUint16(h, ws.bits)
	h = append(h, "data"...)
	return binary.LittleEndian.AppendUint32(h, endlessBytes)
}

func littleEndian(frames []int16) []byte {
	b := make([]byte, 0, 2*len(frames))
	for _, f := range frames {
		b = binary.LittleEndian.AppendUint16(b, uint16(f))
	}
	return b
}
