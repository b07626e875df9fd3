package recordings

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// The containers of sound that comes as it is made, over those of files: what a
// segment of an internet station holds.
const mpegts container = "mpegts"

// demuxers are the names that ffmpeg has for what may come as a stream. Formats
// whose index may lie behind the sound (MP4 but for its fragments), and those that
// no station sends, are not among them.
var demuxers = map[container]string{
	mp3: "mp3", adts: "aac", ogg: "ogg", flac: "flac", matroska: "matroska", mpegts: "mpegts", mp4: "mov",
}

const (
	streamCodecs = "aac,mp3float,mp3,mp2float,mp2,opus,libopus,vorbis,flac"
	// streamHead is how much is looked at before a stream is called no sound.
	streamHead = 64 << 10
	// streamLeast is how much is looked at before frames without a signature are
	// believed: two headers in rubbish are soon found.
	streamLeast = 4 << 10
	// streamCPU bounds a decoder that turns in circles; one that does its work
	// needs some minutes of it for a day, and is simply started again.
	streamCPU    = time.Hour
	streamMemory = 512 << 20 // bytes of address space
)

// Stream decodes sound as it comes, behind the same lock as every import, into
// 48 kHz s16 mono little-endian PCM, and names its format. It returns as soon as
// the first bytes of in have shown what it is; ffmpeg starts then. It waits for
// no import and holds none up.
//
// in belongs to Stream from the call on and is closed once, at the latest when
// the result is; Close must make its Read return. Nothing is read of in that
// nobody takes out of the result: some 200 KiB lie between. The result's Read
// returns io.EOF when in has ended and all was decoded, and otherwise what went
// wrong. Close kills ffmpeg, waits for its end, and may be called while another
// goroutine reads. ctx ends the whole as Close does.
func (s *Sandbox) Stream(ctx context.Context, in io.ReadCloser) (pcm io.ReadCloser, format string, err error) {
	head, c, err := sniffStream(in)
	if err != nil {
		_ = in.Close()
		return nil, "", err
	}
	argv, err := s.streamer(ctx, c)
	if err != nil {
		_ = in.Close()
		return nil, "", err
	}
	d, err := startDecoding(ctx, argv, in, io.MultiReader(bytes.NewReader(head), in))
	if err != nil {
		_ = in.Close()
		s.forget() // what the probe found may have been removed since
		return nil, "", fmt.Errorf("start ffmpeg: %w", err)
	}
	return d, string(c), nil
}

// streamer is the command line that decodes a stream behind the lock.
func (s *Sandbox) streamer(ctx context.Context, c container) ([]string, error) {
	ffmpeg, err := s.ffmpeg()
	if err != nil {
		return nil, err
	}
	return s.piped(ctx,
		ffmpeg, "-hide_banner", "-nostats", "-nostdin", "-v", "error",
		"-max_alloc", "16777216", "-threads", "1", "-filter_threads", "1",
		"-protocol_whitelist", "pipe", "-format_whitelist", demuxers[c], "-codec_whitelist", streamCodecs,
		"-flags", "low_delay", "-probesize", "65536", "-analyzeduration", "500000",
		"-f", demuxers[c], "-i", "pipe:0",
		"-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-ac", "1", "-ar", "48000",
		"-c:a", "pcm_s16le", "-f", "s16le", "-flush_packets", "1", "pipe:1",
	)
}

// piped is the command line of a program that has its pipes and nothing else.
func (s *Sandbox) piped(ctx context.Context, program ...string) ([]string, error) {
	lock, err := s.Probe(ctx)
	if err != nil {
		return nil, err
	}
	return s.lockedBy(lock, wish{In: noFile, Out: noFile, Memory: streamMemory, CPU: streamCPU, Program: program})
}

// sniffStream reads until it knows what comes.
func sniffStream(in io.Reader) (head []byte, c container, err error) {
	head = make([]byte, 0, streamHead)
	for len(head) < streamHead {
		n, err := in.Read(head[len(head):min(len(head)+4<<10, streamHead)])
		head = head[:len(head)+n]
		if c := streamMagic(head, err != nil); c != "" {
			return head, c, nil
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, "", fmt.Errorf("read the stream's beginning: %w", err)
		}
	}
	if len(head) == 0 {
		return nil, "", Refused{Code: Empty}
	}
	return nil, "", refuse(NotAudio, "it looks like %s", looks(head))
}

// streamMagic is magic for what has come so far of a stream; whole: no more
// will.
func streamMagic(head []byte, whole bool) container {
	const packet = 188
	if len(head) > 2*packet && head[0] == 0x47 && head[packet] == 0x47 && head[2*packet] == 0x47 {
		return mpegts
	}
	if len(head) < streamLeast && !whole {
		return ""
	}
	for _, box := range []string{"styp", "moof"} {
		if string(head[min(4, len(head)):min(8, len(head))]) == box {
			return mp4
		}
	}
	if c := magic(head); demuxers[c] != "" {
		return c
	}
	return ""
}
