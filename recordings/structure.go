package recordings

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// claims is what a file says of itself, where that can be read without
// decoding anything.
type claims struct {
	length time.Duration // 0: it does not say
	cut    bool          // bytes are missing at its end
}

const maxChannels = 8

// inspect walks a file's outer structure in Go, before ffmpeg sees it: what is
// there to harm a decoder is refused, what is missing is noted.
func inspect(r io.ReaderAt, size int64, c container) (claims, error) {
	switch c {
	case wav:
		return inspectWAV(r, size)
	case mp4:
		return inspectMP4(r, size)
	case mp3:
		return inspectMP3(r, size), nil
	case amr:
		return inspectAMR(r, size)
	case ogg:
		return claims{cut: !endsOgg(r, size)}, nil
	}
	return claims{}, nil
}

// inspectWAV walks the chunks up to the sound. A recorder that lost power
// leaves 0 or 4 GB as the length of the sound; that is no fault. An RF64 has
// 4 GB there as well, and the true length in a block ds64 before.
func inspectWAV(r io.ReaderAt, size int64) (claims, error) {
	var head [8]byte
	var long int64
	formatted := false
	for at := int64(12); at+8 <= size; {
		if _, err := r.ReadAt(head[:], at); err != nil {
			return claims{}, fmt.Errorf("read a chunk: %w", err)
		}
		name, n := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:]))
		switch name {
		case "fmt ":
			if err := checkFormat(r, at+8, n); err != nil {
				return claims{}, err
			}
			formatted = true
		case "ds64":
			var b [16]byte // of the whole file, of the sound
			if _, err := r.ReadAt(b[:], at+8); err != nil || n < int64(len(b)) {
				return claims{}, refuse(Truncated, "its block of lengths is cut off")
			}
			long = int64(binary.LittleEndian.Uint64(b[8:]) & (1<<62 - 1))
		case "data":
			if !formatted {
				return claims{}, refuse(Broken, "the sound comes before its format")
			}
			if n == 0xffffffff && long > 0 {
				return claims{cut: at+8+long > size}, nil
			}
			open := n == 0 || n >= 0xffffff00
			return claims{cut: !open && at+8+n > size}, nil
		}
		at += 8 + n + n&1
	}
	return claims{}, refuse(Truncated, "there is no sound behind the head")
}

// checkFormat reads a fmt chunk of n bytes.
func checkFormat(r io.ReaderAt, at, n int64) error {
	if n < 16 || n > 64 {
		return refuse(Broken, "its format block claims %d bytes", n)
	}
	var f [16]byte
	if _, err := r.ReadAt(f[:], at); err != nil {
		return refuse(Truncated, "its format block is cut off")
	}
	channels, rate := binary.LittleEndian.Uint16(f[2:]), binary.LittleEndian.Uint32(f[4:])
	switch {
	case channels == 0:
		return refuse(Broken, "it has no channel")
	case channels > maxChannels:
		return refuse(Channels, "it has %d", channels)
	case rate < 4000 || rate > 384000:
		return refuse(Broken, "it claims %d frames per second", rate)
	}
	return nil
}

// inspectMP4 walks the outermost boxes. Without a moov box, which phones write
// last, nothing can be opened.
func inspectMP4(r io.ReaderAt, size int64) (claims, error) {
	var c claims
	index := false
	var head [16]byte
	for at, boxes := int64(0), 0; at+8 <= size && boxes < 4096; boxes++ {
		n, err := r.ReadAt(head[:], at)
		if n < 8 || err != nil && !errors.Is(err, io.EOF) {
			return c, fmt.Errorf("read a box: %w", err)
		}
		length := int64(binary.BigEndian.Uint32(head[:]))
		if length == 1 && n == 16 {
			length = int64(binary.BigEndian.Uint64(head[8:]) & (1<<62 - 1))
		}
		if length == 0 {
			length = size - at // to the end of the file
		}
		if length < 8 {
			break
		}
		whole := at+length <= size
		if name := string(head[4:8]); name == "moov" && whole {
			index = true
		}
		if !whole {
			c.cut = true
			break
		}
		at += length
	}
	if !index {
		return c, refuse(Truncated, "its index is missing")
	}
	return c, nil
}

// inspectMP3 reads the table that encoders leave in the first frame ("Xing" or
// "Info"): how many frames and bytes there should be.
func inspectMP3(r io.ReaderAt, size int64) claims {
	head := make([]byte, min(size, 10))
	if _, err := r.ReadAt(head, 0); err != nil {
		return claims{}
	}
	start := id3Length(head)
	frame := make([]byte, 200)
	if n, _ := r.ReadAt(frame, start); n < len(frame) {
		return claims{}
	}
	h := mp3Frame(frame)
	if h.bytes == 0 {
		return claims{}
	}
	table := frame[4+h.side:]
	if name := string(table[:4]); name != "Xing" && name != "Info" {
		return claims{}
	}
	flags, rest := table[7], table[8:]
	var c claims
	if flags&1 != 0 {
		frames := int64(binary.BigEndian.Uint32(rest))
		c.length = time.Duration(float64(frames) * float64(h.frames) / float64(h.rate) * float64(time.Second))
		rest = rest[4:]
	}
	if flags&2 != 0 {
		c.cut = start+int64(binary.BigEndian.Uint32(rest)) > size+1024
	}
	return c
}

// inspectAMR adds up the frames: 20 ms each, silence descriptors included,
// which a decoder may skip.
func inspectAMR(r io.ReaderAt, size int64) (claims, error) {
	sizes := [16]int64{13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1} // TS 26.101, with the head byte
	var magic [9]byte
	if _, err := r.ReadAt(magic[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return claims{}, fmt.Errorf("read the head: %w", err)
	}
	start := int64(6)
	if string(magic[:]) == "#!AMR-WB\n" {
		sizes = [16]int64{18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 6, 1, 1, 1, 1, 1} // TS 26.201
		start = 9
	}
	buf := make([]byte, 64<<10)
	var frames int64
	at := start
	for at < size {
		n, err := r.ReadAt(buf, at)
		if n == 0 {
			return claims{}, fmt.Errorf("read frames: %w", err)
		}
		i := int64(0)
		for i < int64(n) {
			i += sizes[buf[i]>>3&15]
			frames++
		}
		at += i
	}
	return claims{length: time.Duration(frames) * 20 * time.Millisecond, cut: at > size}, nil
}

// endsOgg says whether the last page is whole. That it is marked as the last of
// its stream is not asked for: recorders in browsers and phones forget it.
func endsOgg(r io.ReaderAt, size int64) bool {
	const page = 27 + 255 + 255*255 // the longest there is
	tail := make([]byte, min(size, page))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	for i := len(tail) - 27; i >= 0; i-- {
		if string(tail[i:i+4]) != "OggS" || tail[i+4] != 0 {
			continue
		}
		end := i + 27 + int(tail[i+26])
		if end > len(tail) {
			return false
		}
		for _, lacing := range tail[i+27 : end] {
			end += int(lacing)
		}
		return end == len(tail)
	}
	return false
}
