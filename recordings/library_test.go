package recordings_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"loalang/archive/disktest"
	"loalang/recordings"
)

// TestMain plays the part of the hidden commands "confine" and "apart" when the sandbox
// under test starts this very program again.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "apart" {
		os.Exit(playApart(os.Args[2:]))
	}
	if len(os.Args) > 1 && os.Args[1] == "confine" {
		fmt.Fprintln(os.Stderr, recordings.Confine(os.Args[2:]))
		os.Exit(1)
	}
	if len(os.Args) > 1 && os.Args[1] == streamForEver {
		decodeForEver(recordings.SandboxConfig{Lock: recordings.Lock(os.Args[2]), Door: os.Args[3]}, os.Args[4])
	}
	goleak.VerifyTestMain(m)
}

// index is an Index in memory.
type index struct {
	mu    sync.Mutex
	known map[string]recordings.Recording
	err   error             // of the next SaveRecording
	used  error             // of the next RemoveRecording
	needs []recordings.Form // that another recording needs as well
}

func (x *index) RemoveRecording(_ context.Context, id string, at time.Time) (recordings.Recording, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	r, ok := x.known[id]
	if !ok || !r.Deleted.IsZero() {
		return r, recordings.ErrNotFound
	}
	if x.used != nil {
		return r, x.used
	}
	r.Deleted = at
	x.known[id] = r
	r.Variants = slices.DeleteFunc(slices.Clone(r.Variants), func(v recordings.Variant) bool { return slices.Contains(x.needs, v.Form) })
	return r, nil
}

func (x *index) SaveRecording(_ context.Context, r recordings.Recording) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.err != nil {
		return x.err
	}
	if old, ok := x.known[r.ID]; ok && old.Deleted.IsZero() {
		return nil
	}
	if x.known == nil {
		x.known = map[string]recordings.Recording{}
	}
	r.Created = r.Created.Truncate(time.Microsecond) // as a database keeps it
	x.known[r.ID] = r
	return nil
}

func (x *index) Recording(_ context.Context, id string) (recordings.Recording, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	r, ok := x.known[id]
	if !ok || !r.Deleted.IsZero() {
		return r, recordings.ErrNotFound
	}
	return r, nil
}

// needs skips a test aloud when a program is missing.
func needs(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			missing(t, p+" is missing: apt install ffmpeg espeak-ng bubblewrap sox libsox-fmt-base")
		}
	}
}

// missing skips a test aloud; LOALANG_E2E=require turns that into a failure.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("LOALANG_E2E") == "require" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// narrow writes a file as an old phone does: AMR of 8 kHz.
func narrow(t testing.TB, wav, path string) {
	t.Helper()
	needs(t, "sox")
	if out, err := exec.Command("sox", wav, "-r", "8000", "-c", "1", "-t", "amr-nb", path).CombinedOutput(); err != nil {
		missing(t, fmt.Sprintf("sox cannot write AMR here: apt install libsox-fmt-base (%v: %s)", err, out))
	}
}

// library opens a library on a new folder; change may alter its configuration.
func library(t testing.TB, change ...func(*recordings.Config)) (*recordings.Library, *index, string) {
	t.Helper()
	x := &index{}
	clock := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	c := recordings.Config{
		Dir: filepath.Join(t.TempDir(), "recordings"), Index: x, Origin: "board-1",
		Now: func() time.Time { mu.Lock(); defer mu.Unlock(); clock = clock.Add(time.Second); return clock },
		Log: slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&c)
	}
	l, err := recordings.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return l, x, c.Dir
}

// ffmpeg runs the real ffmpeg, unlocked, to make what the tests need.
func ffmpeg(t testing.TB, args ...string) string {
	t.Helper()
	needs(t, "ffmpeg")
	out, err := exec.Command("ffmpeg", append([]string{"-hide_banner", "-nostats", "-nostdin", "-y"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// say makes a WAV of Vietnamese speech of at least so many seconds.
func say(t testing.TB, dir string, seconds int) string {
	t.Helper()
	needs(t, "espeak-ng", "ffmpeg")
	one, all := filepath.Join(dir, "one.wav"), filepath.Join(dir, fmt.Sprintf("speech%d.wav", seconds))
	cmd := exec.Command("espeak-ng", "-v", "vi", "-s", "145", "--stdin", "-w", one)
	cmd.Stdin = strings.NewReader("Kính thưa bà con. Ngày mai, lúc bảy giờ ba mươi phút, trạm y tế xã tiêm phòng cho trẻ em tại nhà văn hóa thôn. " +
		"Đề nghị các gia đình đưa trẻ đến đúng giờ, nhớ mang theo sổ theo dõi sức khỏe. Xin trân trọng cảm ơn bà con đã lắng nghe.")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("espeak-ng: %v\n%s", err, out)
	}
	ffmpeg(t, "-v", "error", "-stream_loop", "-1", "-i", one, "-t", strconv.Itoa(seconds), "-ar", "48000", all)
	return all
}

func importFile(l *recordings.Library, path string) (recordings.Recording, error) {
	f, err := os.Open(path)
	if err != nil {
		return recordings.Recording{}, err
	}
	defer f.Close()
	return l.Import(context.Background(), f, recordings.About{Title: "take.m4a", Kind: recordings.Take, Village: "un-ta", By: "thu"})
}

// heard is what ffmpeg, which the library does not measure with, reads.
type heard struct{ integrated, momentary, truePeak float64 }

func measure(t testing.TB, path string) heard {
	t.Helper()
	out := ffmpeg(t, "-v", "verbose", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-")
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	h := heard{momentary: -120}
	for _, m := range regexp.MustCompile(` M: *(-?[\d.]+)`).FindAllStringSubmatch(out, -1) {
		h.momentary = max(h.momentary, number(m[1]))
	}
	summary := out[strings.LastIndex(out, "Summary:"):]
	h.integrated = number(regexp.MustCompile(`I: +(-?[\d.]+) LUFS`).FindStringSubmatch(summary)[1])
	h.truePeak = number(regexp.MustCompile(`Peak: +(-?[\d.inf]+) dBFS`).FindStringSubmatch(summary)[1])
	return h
}

func has(codes []string, code string) bool {
	return strings.Contains(" "+strings.Join(codes, " ")+" ", " "+code+" ")
}

func near(got, want, within float64) bool { return got >= want-within && got <= want+within }

func TestImportStoresAndLevelsSpeech(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	m4a := filepath.Join(dir, "take.m4a")
	ffmpeg(t, "-v", "error", "-i", say(t, dir, 12), "-c:a", "aac", m4a)
	l, x, root := library(t)
	rec, err := importFile(l, m4a)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Title != "take.m4a" || rec.Kind != recordings.Take || rec.Village != "un-ta" || rec.By != "thu" || rec.Origin != "board-1" || rec.Created.IsZero() {
		t.Errorf("what was said about it is lost: %+v", rec)
	}
	if x.known[rec.ID].ID != rec.ID {
		t.Error("the index does not know it")
	}
	if len(rec.Warnings) > 0 {
		t.Errorf("clean speech is warned of: %v", rec.Warnings)
	}
	play, err := l.PlayCopy(context.Background(), rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer play.Close()
	info, _ := play.Stat()
	frames := (info.Size() - 44) / 2
	if want := time.Duration(frames) * time.Second / 48000; rec.Length != want {
		t.Errorf("length %v, the play copy has %v", rec.Length, want)
	}
	h := measure(t, play.Name())
	if !near(h.integrated, -18, 0.3) || h.truePeak > -1.5 {
		t.Errorf("ffmpeg hears %+v", h)
	}
	if !near(rec.Loudness, h.integrated, 0.15) || !near(rec.TruePeak, h.truePeak, 0.25) {
		t.Errorf("recorded as %.2f LUFS %.2f dBTP, ffmpeg hears %+v", rec.Loudness, rec.TruePeak, h)
	}
	checkVariants(t, root, rec)
}

// checkVariants compares each stored form with its hash and size.
func checkVariants(t *testing.T, root string, rec recordings.Recording) {
	t.Helper()
	if len(rec.Variants) != 3 {
		t.Fatalf("variants: %+v", rec.Variants)
	}
	for _, v := range rec.Variants {
		name, ending := v.SHA256, map[recordings.Form]string{recordings.Original: ".bin", recordings.Master: ".flac", recordings.PlayCopy: ".wav"}[v.Form]
		if v.Form == recordings.PlayCopy {
			name = rec.ID
		}
		b, err := os.ReadFile(filepath.Join(root, string(v.Form), name[:2], name+ending))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		if hex.EncodeToString(sum[:]) != v.SHA256 || int64(len(b)) != v.Bytes {
			t.Errorf("%s on disk is not the one recorded", v.Form)
		}
		if v.Form == recordings.Master && (v.SHA256 != rec.ID || v.Bytes != rec.Bytes) {
			t.Error("the ID is not the master's hash")
		}
	}
	if out := ffmpeg(t, "-i", filepath.Join(root, "master", rec.ID[:2], rec.ID+".flac"), "-f", "null", "-"); !strings.Contains(out, "flac, 32000 Hz, mono, s16") {
		t.Errorf("the master is not FLAC 32 kHz mono:\n%s", out)
	}
	if left, err := os.ReadDir(filepath.Join(root, "tmp")); err != nil || len(left) > 0 {
		t.Errorf("left in tmp: %v %v", left, err)
	}
}

func TestSameBytesAreTheSameRecording(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	wav := say(t, t.TempDir(), 4)
	l, x, root := library(t)
	first, err := importFile(l, wav)
	if err != nil {
		t.Fatal(err)
	}
	again, err := importFile(l, wav)
	if err != nil || again.ID != first.ID || !again.Created.Equal(first.Created) {
		t.Errorf("again: %v %+v", err, again)
	}
	// Without the note of the first import the whole chain runs, and must end
	// at the same master.
	notes, _ := filepath.Glob(filepath.Join(root, "original", "*", "*.id"))
	if len(notes) != 1 || os.Remove(notes[0]) != nil {
		t.Fatalf("notes: %v", notes)
	}
	if again, err = importFile(l, wav); err != nil || again.ID != first.ID {
		t.Errorf("without the note: %v %.8s, first %.8s", err, again.ID, first.ID)
	}
	// One that was deleted lives again.
	dead := x.known[first.ID]
	dead.Deleted = dead.Created
	x.known[first.ID] = dead
	if again, err = importFile(l, wav); err != nil || again.ID != first.ID || !again.Deleted.IsZero() {
		t.Errorf("after deletion: %v %+v", err, again)
	}
}

func TestPlayCopyComesBackFromTheMaster(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, _, root := library(t)
	rec, err := importFile(l, say(t, t.TempDir(), 5))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "play", rec.ID[:2], rec.ID+".wav")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	f, err := l.PlayCopy(context.Background(), rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	after, err := io.ReadAll(f)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the new copy has %d bytes and differs from the %d of the old (%v)", len(after), len(before), err)
	}
}

func TestPlayCopyOfNothing(t *testing.T) {
	l, _, _ := library(t)
	for _, id := range []string{"", "../../etc/passwd", strings.Repeat("0", 64), strings.Repeat("G", 64)} {
		for name, open := range map[string]func(context.Context, string) (*os.File, error){"PlayCopy": l.PlayCopy, "Master": l.Master, "Original": l.Original} {
			if f, err := open(context.Background(), id); !errors.Is(err, recordings.ErrNotFound) {
				t.Errorf("%s(%q) = %v, %v", name, id, f, err)
			}
		}
	}
}

func TestCacheDropsTheOldestPlayCopy(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	l, _, root := library(t, func(c *recordings.Config) { c.Limits.Cache = 1_000_000 }) // two of 5 s, not three
	var ids []string
	for i := range 3 {
		name := filepath.Join(dir, fmt.Sprintf("%d.wav", i))
		ffmpeg(t, "-v", "error", "-i", say(t, dir, 5), "-af", fmt.Sprintf("asetrate=%d,aresample=48000", 48000+2000*i), "-t", "4.4", name)
		rec, err := importFile(l, name)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, rec.ID)
		if i == 1 { // the first is used again, so the second is the oldest
			f, err := l.PlayCopy(context.Background(), ids[0])
			if err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
	}
	for i, want := range []bool{true, false, true} {
		_, err := os.Stat(filepath.Join(root, "play", ids[i][:2], ids[i]+".wav"))
		if got := err == nil; got != want {
			t.Errorf("copy %d is there: %v, want %v", i, got, want)
		}
	}
	f, err := l.PlayCopy(context.Background(), ids[1])
	if err != nil {
		t.Fatalf("the dropped copy does not come back: %v", err)
	}
	f.Close()
}

// `make run` names its data folder "data": the lock must find what lies in it.
func TestImportIntoARelativeFolder(t *testing.T) {
	needs(t, "ffmpeg", "espeak-ng")
	take := say(t, t.TempDir(), 4)
	t.Chdir(t.TempDir())
	l, _, _ := library(t, func(c *recordings.Config) { c.Dir = "data/recordings" })
	if _, err := importFile(l, take); err != nil {
		t.Fatal(err)
	}
}

func TestImportNeedsRoomOnTheDisk(t *testing.T) {
	l, x, root := library(t, func(c *recordings.Config) { c.Limits.Reserve = 1 << 60 })
	_, err := l.Import(context.Background(), strings.NewReader("RIFF"), recordings.About{})
	if !errors.Is(err, recordings.ErrDiskFull) || !strings.Contains(err.Error(), "delete recordings") {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(root, "tmp")); len(left) > 0 || len(x.known) > 0 {
		t.Errorf("left behind: %v %v", left, x.known)
	}
}

// A real small disk fills up at each stage in turn; nothing may be left behind.
func TestImportOnARealFullDisk(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	m4a := filepath.Join(dir, "x.m4a")
	ffmpeg(t, "-v", "error", "-i", say(t, dir, 40), "-c:a", "aac", "-b:a", "48k", m4a)
	for _, c := range []struct {
		name string
		size string
	}{
		{"while it is received", "1150k"}, {"while it is decoded", "2800k"}, {"before it is cleaned", "12m"},
	} {
		t.Run(c.name, func(t *testing.T) {
			disk, err := disktest.Tmpfs(t, "size="+c.size)
			if err != nil {
				t.Skipf("a small disk cannot be mounted here (%v): run the tests as root", err)
			}
			l, x, root := library(t, func(k *recordings.Config) {
				k.Dir = filepath.Join(disk, "recordings")
				k.Limits.Reserve = 4096
			})
			_, err = importFile(l, m4a)
			if !errors.Is(err, recordings.ErrDiskFull) || len(x.known) > 0 {
				t.Errorf("got %v", err)
			}
			err = filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
				if err == nil && !e.IsDir() {
					t.Errorf("left behind: %s", path)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestImportThatTheIndexRefuses(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, x, _ := library(t)
	wav := say(t, t.TempDir(), 4)
	x.err = errors.New("database is locked")
	if _, err := importFile(l, wav); !errors.Is(err, x.err) {
		t.Fatalf("got %v", err)
	}
	x.err = nil
	rec, err := importFile(l, wav)
	if err != nil || x.known[rec.ID].ID != rec.ID {
		t.Errorf("the next import: %v", err)
	}
}

func TestImportEndsWithItsContext(t *testing.T) {
	l, _, _ := library(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Import(ctx, strings.NewReader("RIFF"), recordings.About{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOpenRemovesInterruptedImports(t *testing.T) {
	_, x, root := library(t)
	dead := filepath.Join(root, "tmp", "import-dead")
	if err := os.MkdirAll(filepath.Join(dead, "decoded"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dead, "decoded", "sound.raw"), make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := recordings.Open(recordings.Config{Dir: root, Index: x, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dead); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

// A card that takes no more writes, with what a power cut left of an import on it, once kept
// the board from its start: what is on it plays.
func TestOpenOnADiskThatTakesNoWrites(t *testing.T) {
	disk, err := disktest.Tmpfs(t, "size=1m")
	if err != nil {
		t.Skipf("a small disk cannot be mounted here (%v): run the tests as root", err)
	}
	_, x, _ := library(t)
	root := filepath.Join(disk, "recordings")
	for _, dir := range []string{"tmp/import-dead/decoded", "play"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mount("", disk, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	if _, err := recordings.Open(recordings.Config{Dir: root, Index: x, Now: time.Now, Log: slog.New(slog.NewTextHandler(&told, nil))}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(told.String(), "level=ERROR"); n != 1 {
		t.Errorf("it is told %d times: %s", n, told.String())
	}
}

// slow gives a second import the time to open the library while the first one
// is still receiving.
type slow struct {
	io.Reader
	once sync.Once
	do   func()
}

func (s *slow) Read(p []byte) (int, error) {
	s.once.Do(s.do)
	return s.Reader.Read(p)
}

func TestOpenLeavesRunningImportsAlone(t *testing.T) {
	needs(t, "ffmpeg", "espeak-ng")
	l, x, root := library(t)
	wav, err := os.ReadFile(say(t, t.TempDir(), 4))
	if err != nil {
		t.Fatal(err)
	}
	r := &slow{Reader: bytes.NewReader(wav), do: func() {
		if _, err := recordings.Open(recordings.Config{Dir: root, Index: x, Now: time.Now}); err != nil {
			t.Error(err)
		}
	}}
	if _, err := l.Import(context.Background(), r, recordings.About{Kind: recordings.Take}); err != nil {
		t.Errorf("the import was disturbed: %v", err)
	}
}

func TestOpenAsksForWhatItNeeds(t *testing.T) {
	if _, err := recordings.Open(recordings.Config{Dir: t.TempDir()}); err == nil {
		t.Error("opened without an index and a clock")
	}
}

func BenchmarkImport5MinuteM4A(b *testing.B) {
	dir := b.TempDir()
	m4a := filepath.Join(dir, "five.m4a")
	ffmpeg(b, "-v", "error", "-i", say(b, dir, 300), "-c:a", "aac", m4a)
	for b.Loop() {
		l, _, _ := library(b)
		if _, err := importFile(l, m4a); err != nil {
			b.Fatal(err)
		}
	}
}
