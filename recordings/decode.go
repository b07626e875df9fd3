package recordings

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"loalang/audio"
)

// The containers and codecs that are opened, and nothing else: a playlist or a
// stream description is what would make ffmpeg read other files.
const (
	openFormats = "mov,mp4,m4a,3gp,3g2,mj2,mp3,ogg,wav,flac,matroska,webm,amr,amrnb,amrwb,aac"
	openCodecs  = "aac,mp3float,mp3,opus,libopus,vorbis,flac,amrnb,amrwb," +
		"pcm_s16le,pcm_u8,pcm_s24le,pcm_f32le,pcm_alaw,pcm_mulaw,adpcm_ms,adpcm_ima_wav"
	decodeFile = 256 << 20 // bytes; an hour is 230 MB
)

// decoded is an upload as raw s16 mono at 32 kHz.
type decoded struct {
	path    string
	frames  int64
	whole   int64         // frames of the upload, of which a person may keep less
	claimed time.Duration // what the container said; 0: nothing
	cut     bool          // the demuxer missed the end
	stereo  bool          // it has two channels
}

// hear opens an upload and measures it. Of a stereo sound one channel alone is
// taken where the other adds nothing. What follows hears only the piece
// that is kept.
func (l *Library) hear(ctx context.Context, w *work, c container, piece Trim) (decoded, raw, error) {
	d, err := l.decode(ctx, w, c, bothChannels)
	if err != nil {
		return decoded{}, raw{}, err
	}
	length := audio.SampleRate(masterRate).D(audio.Frames(d.frames))
	switch {
	case length > w.longest:
		return decoded{}, raw{}, w.tooLong()
	case length < leastLength:
		return decoded{}, raw{}, refuse(TooShort, "it lasts %d ms", length.Milliseconds())
	}
	if err := w.keep(&d, piece); err != nil {
		return decoded{}, raw{}, err
	}
	heard, err := examine(d, w.pace)
	if err != nil || !d.stereo {
		return d, heard, err
	}
	whole := d
	var sides [2]decoded
	var raws [2]raw
	for i, channel := range []Channel{Left, Right} {
		if sides[i], err = l.decode(ctx, w, c, channel); err != nil {
			return decoded{}, raw{}, err
		}
		if err := w.keep(&sides[i], piece); err != nil {
			return decoded{}, raw{}, err
		}
		if raws[i], err = examine(sides[i], w.pace); err != nil {
			return decoded{}, raw{}, err
		}
		raws[i].side = channel
	}
	one, other := 0, 1
	if raws[1].loudness() > raws[0].loudness()+0.5 { // of two that are alike the left one
		one, other = 1, 0
	}
	if louder := raws[one].loudness(); louder > heard.loudness()+cancelled || louder > raws[other].loudness()+onesided {
		d, heard = sides[one], raws[one]
	}
	return d, heard, leaveOnly(d, whole, sides[0], sides[1])
}

// leaveOnly removes what was decoded in vain: of an hour each is 230 MB, and as much
// is needed on the disk for the next steps.
func leaveOnly(chosen decoded, all ...decoded) error {
	for _, d := range all {
		if d.path == chosen.path {
			continue
		}
		if err := os.Remove(d.path); err != nil {
			return fmt.Errorf("remove what was decoded: %w", err)
		}
	}
	return nil
}

// How much louder, in LU, one channel is than the mean of both when they cancel
// each other, as those of a microphone with two opposite wires do: two that have
// nothing in common differ by 3. And how much louder it is than the other when
// that is only noise: two people at two microphones are closer.
const (
	cancelled = 8
	onesided  = 20
)

// bothChannels is what is made of all channels: their mean. It is the name of
// the folder that it is decoded to, as those of the channels are.
const bothChannels Channel = "decoded"

// decode opens an upload. One second more than the limit is let through, so
// that a recording of exactly the limit is told from a longer one.
func (l *Library) decode(ctx context.Context, w *work, c container, channels Channel) (decoded, error) {
	out, err := w.folder(string(channels))
	if err != nil {
		return decoded{}, err
	}
	size, err := w.allowance(decodeFile)
	if err != nil {
		return decoded{}, err
	}
	limit := strconv.Itoa(int(w.longest/time.Second) + 1)
	st := step{
		in: w.source(), out: out, fileSize: size, urgent: w.urgent, idle: w.idle,
		input:  append([]string{"-v", "info"}, opening(limit)...),
		output: []string{"-map", "0:a:0", "-vn", "-sn", "-dn", "-t", limit, "-map_metadata", "-1"},
	}
	var filters []string
	if c == amr || c == mp4 || c == matroska {
		// Frames that a phone left out as silence, and pauses of a recorder,
		// are gaps in the timestamps: they are filled.
		filters = append(filters, "aresample=async=1:first_pts=0")
	}
	switch channels {
	case Left:
		filters = append(filters, "pan=mono|c0=c0")
	case Right:
		filters = append(filters, "pan=mono|c0=c1")
	}
	if len(filters) > 0 {
		st.output = append(st.output, "-af", strings.Join(filters, ","))
	}
	st.output = append(st.output, "-ac", "1", "-ar", strconv.Itoa(masterRate), "-c:a", "pcm_s16le", "-f", "s16le", "file:sound.raw")
	r, err := l.sandbox.do(ctx, st)
	if err != nil {
		return decoded{}, err
	}
	if r.err != nil && amrStream.MatchString(r.stderr) {
		// Each frame that an old phone left out as silence is an error to ffmpeg,
		// which gives up where they are more than two in three.
		st.input = append([]string{"-max_error_rate", "1"}, st.input...)
		if r, err = l.sandbox.do(ctx, st); err != nil {
			return decoded{}, err
		}
	}
	d := decoded{path: filepath.Join(out, "sound.raw"), claimed: claimedLength(r.stderr)}
	d.cut = r.said("partial file") || r.said("File ended prematurely")
	d.stereo = stereoStream.MatchString(r.stderr)
	if r.err != nil {
		return decoded{}, l.verdict(r, size)
	}
	info, err := os.Lstat(d.path)
	if err != nil || info.Size() < 2 {
		return decoded{}, refuse(Broken, "nothing in it could be decoded")
	}
	d.frames = info.Size() / 2
	d.whole = d.frames
	return d, nil
}

// opening are the switches behind which a foreign file is opened, for so many
// seconds of it.
func opening(limit string) []string {
	return []string{
		"-probesize", "5000000", "-analyzeduration", "5000000",
		"-protocol_whitelist", "file", "-format_whitelist", openFormats, "-codec_whitelist", openCodecs, "-t", limit,
	}
}

// stereoStream finds how ffmpeg lists a sound of two channels in its input:
// "  Stream #0:0: Audio: pcm_s16le, 44100 Hz, stereo, s16". What it writes out is
// mono and listed so.
var stereoStream = regexp.MustCompile(`(?m)^ +Stream #0:\d+.*: Audio: .* Hz, (stereo|2 channels)`)

// amrStream finds the sound of old phones in ffmpeg's list of streams.
var amrStream = regexp.MustCompile(`(?m)^ +Stream #0:\d+.*: Audio: amr_`)

// verdict tells what a decode that ended badly says about the file.
func (l *Library) verdict(r result, size int64) error {
	said := r.said
	switch {
	case r.large && size < decodeFile, said("No space left on device"):
		return ErrDiskFull
	case r.large:
		return refuse(TooLong, "it fills more than %d MB when opened", decodeFile>>20)
	case r.slow:
		return refuse(Broken, "it takes too long to open")
	case said("matches no streams"):
		return refuse(NoSound, "there is no sound track in it")
	case said("moov atom not found"):
		return refuse(Truncated, "its index is missing")
	case said("Format not on whitelist"):
		return refuse(NotAudio, "it is no format that is opened")
	case said("Error while opening decoder"), said("not found for input stream"):
		return refuse(UnknownCodec, "%s", codecOf(r.stderr))
	}
	return refuse(Broken, "ffmpeg: %s", cleaned(lastLine(r.stderr)))
}

// claimedLength finds what ffmpeg prints of a container's length:
// "  Duration: 00:05:00.05, start: …".
func claimedLength(stderr string) time.Duration {
	m := regexp.MustCompile(`(?m)^  Duration: (\d+):(\d\d):(\d\d)\.(\d\d)`).FindStringSubmatch(stderr)
	if m == nil {
		return 0
	}
	var total time.Duration
	for i, unit := range []time.Duration{time.Hour, time.Minute, time.Second, 10 * time.Millisecond} {
		n, err := strconv.ParseInt(m[i+1], 10, 32)
		if err != nil {
			return 0
		}
		total += time.Duration(n) * unit
	}
	return total
}

// codecOf finds the codec's name in ffmpeg's list of streams.
func codecOf(stderr string) string {
	m := regexp.MustCompile(`Audio: ([a-z0-9_]+)`).FindStringSubmatch(stderr)
	if m == nil {
		return "its codec is not named"
	}
	return fmt.Sprintf("it is %s", m[1])
}

// cleaned makes a line of a program's output fit for a sentence: what an
// uploader wrote into a file must not draw on someone's terminal, and paths of
// this machine are nobody's business.
func cleaned(s string) string {
	s = regexp.MustCompile(`file:/[^:]*: `).ReplaceAllString(s, "")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), 160)]
}
