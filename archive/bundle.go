package archive

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A Bundle is a folder that carries a stream from board to board: pieces of pieceBytes,
// a list with the SHA-256 of each, and the list's signature. A copy that was interrupted
// goes on behind the last piece that is whole.
type Bundle struct {
	Format  int       `json:"format"`
	Node    string    `json:"node"` // that made it
	Village string    `json:"village"`
	Board   string    `json:"board"` // its name, for people
	Made    time.Time `json:"made"`
	Key     []byte    `json:"key"` // public, ed25519
	Bytes   int64     `json:"bytes"`
	Pieces  []string  `json:"pieces"` // SHA-256, hex
}

const (
	bundleList = "bundle.json"
	bundleSign = "bundle.sig"
	// bundleMost bounds the list, in bytes: half a terabyte of pieces.
	bundleMost = 16 << 20
	pieceBytes = 4 << 20
	// piecesMost bounds how many pieces are read: half a terabyte of them.
	piecesMost = 1 << 17
)

// ErrForged says that a bundle is not signed by the key that it names.
var ErrForged = errors.New("the signature of the bundle is wrong: it was changed on its way; have it made again")

// Fingerprint is how people compare a public key: 32 hex digits of its SHA-256 in groups
// of four.
func Fingerprint(key []byte) string {
	sum := sha256.Sum256(key)
	return grouped(hex.EncodeToString(sum[:16]))
}

// grouped puts a hyphen after every four digits.
func grouped(text string) string {
	var groups []string
	for ; text != ""; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return strings.Join(groups, "-")
}

// ParseFingerprint reads a fingerprint as people write it: in any case, with blanks or
// hyphens or neither between its groups.
func ParseFingerprint(text string) (string, bool) {
	digits := strings.NewReplacer("-", "", " ", "", "\u00a0", "").Replace(strings.ToLower(strings.TrimSpace(text)))
	if raw, err := hex.DecodeString(digits); err != nil || len(raw) != 16 {
		return "", false
	}
	return grouped(digits), true
}

const pieceTail = ".part"

func pieceName(i int) string { return fmt.Sprintf("%06d%s", i+1, pieceTail) }

// mostOf is how many bytes a file of a bundle may have; false: a bundle has none of that
// name.
func mostOf(name string) (most int64, ok bool) {
	switch name {
	case bundleList:
		return bundleMost, true
	case bundleSign:
		return ed25519.SignatureSize, true
	}
	digits, ok := strings.CutSuffix(name, pieceTail)
	if i, err := strconv.Atoi(digits); !ok || err != nil || i < 1 || i > piecesMost || name != pieceName(i-1) {
		return 0, false
	}
	return pieceBytes, true
}

// WriteBundle writes what fill writes into the folder dir, which is made when missing, as
// pieces, and signs their list. Pieces that lie there already and are right stay, so that
// an interrupted export goes on; the list comes last, and that of an older bundle goes before
// the first of its pieces does. It returns how many bytes had to be written.
func WriteBundle(ctx context.Context, dir string, b Bundle, key ed25519.PrivateKey, fill func(io.Writer) error) (Bundle, int64, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return b, 0, fmt.Errorf("make the bundle's folder: %w", err)
	}
	listed := true
	return writeBundle(ctx, b, key, fill, func(name, sum string, content []byte) (bool, error) {
		path := filepath.Join(dir, name)
		if got, err := Hash(ctx, path, nil); sum != "" && err == nil && got == sum {
			return false, nil
		}
		if listed {
			if err := unlist(dir); err != nil {
				return false, err
			}
			listed = false
		}
		return true, Durable(path, func(w io.Writer) error {
			_, err := w.Write(content)
			return err
		})
	})
}

// unlist takes list and signature of an older bundle out of a folder, durably: a stick that is
// pulled out while its pieces are replaced then holds no bundle, and not one that is damaged.
func unlist(dir string) error {
	for _, name := range []string{bundleList, bundleSign} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return SyncFolder(dir)
}

// keeper keeps a file of a bundle, unless it is there already: sum is the SHA-256 of a
// piece, empty for what is written anew. It says whether it had to be written.
type keeper func(name, sum string, content []byte) (bool, error)

// writeBundle cuts what fill writes into pieces and signs their list.
func writeBundle(ctx context.Context, b Bundle, key ed25519.PrivateKey, fill func(io.Writer) error, keep keeper) (Bundle, int64, error) {
	b.Format, b.Bytes, b.Pieces = Format, 0, nil
	b.Key = key.Public().(ed25519.PublicKey) //nolint:forcetypeassert // so says its documentation
	w := &pieces{ctx: ctx, keep: keep, b: &b}
	if err := fill(w); err != nil {
		return b, w.written, err
	}
	if err := w.flush(); err != nil {
		return b, w.written, err
	}
	raw, err := json.MarshalIndent(b, "", " ")
	if err != nil {
		return b, w.written, fmt.Errorf("encode the bundle's list: %w", err)
	}
	if _, err := keep(bundleSign, "", ed25519.Sign(key, raw)); err != nil {
		return b, w.written, fmt.Errorf("sign the bundle: %w", err)
	}
	if _, err := keep(bundleList, "", raw); err != nil {
		return b, w.written, fmt.Errorf("sign the bundle: %w", err)
	}
	return b, w.written, nil
}

// pieces cuts a stream.
type pieces struct {
	ctx     context.Context
	keep    keeper
	b       *Bundle
	buf     []byte
	written int64
}

// Write implements io.Writer.
func (p *pieces) Write(raw []byte) (int, error) {
	for rest := raw; len(rest) > 0; {
		n := min(len(rest), pieceBytes-len(p.buf))
		p.buf, rest = append(p.buf, rest[:n]...), rest[n:]
		if len(p.buf) == pieceBytes {
			if err := p.flush(); err != nil {
				return 0, err
			}
		}
	}
	return len(raw), nil
}

// flush keeps the piece, unless it is there.
func (p *pieces) flush() error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	if len(p.buf) == 0 {
		return nil
	}
	sum := sha256.Sum256(p.buf)
	want := hex.EncodeToString(sum[:])
	name := pieceName(len(p.b.Pieces))
	p.b.Pieces, p.b.Bytes = append(p.b.Pieces, want), p.b.Bytes+int64(len(p.buf))
	anew, err := p.keep(name, want, p.buf)
	if err != nil {
		return fmt.Errorf("write a piece of the bundle: %w", err)
	}
	if anew {
		p.written += int64(len(p.buf))
	}
	p.buf = p.buf[:0]
	return nil
}

// OpenBundle reads the list of a bundle in a folder or in one file, and proves that the
// key which it names signed it: ErrNotArchive, ErrForged, ErrNewer, ErrChanged. With ErrNewer
// b says who made it. Whether that key is trusted is for the caller. What lies there may be anybody's: nothing is opened that
// is no ordinary file, and nothing is read that is longer than a bundle has it.
func OpenBundle(path string) (b Bundle, err error) {
	read, end, err := sourceOf(path)
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, end()) }()
	raw, err := read(bundleList, bundleMost)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return b, fmt.Errorf("%w (there is no bundle in %s, or its copy was not finished)", ErrNotArchive, path)
	case errors.Is(err, ErrNoFile), errors.Is(err, errTooLong):
		return b, fmt.Errorf("%w (%w)", ErrNotArchive, err)
	case err != nil:
		return b, fmt.Errorf("read the bundle: %w", err)
	}
	sign, err := read(bundleSign, ed25519.SignatureSize)
	if err != nil || json.Unmarshal(raw, &b) != nil || len(b.Key) != ed25519.PublicKeySize || !ed25519.Verify(b.Key, raw, sign) {
		return Bundle{}, ErrForged
	}
	if b.Format > Format {
		return Bundle{Board: b.Board, Key: b.Key}, ErrNewer
	}
	if !b.adds() {
		return Bundle{}, fmt.Errorf("%w (its pieces are not its bytes)", ErrChanged)
	}
	return b, nil
}

// adds says whether so many pieces make so many bytes: all but the last are full.
func (b Bundle) adds() bool {
	n := int64(len(b.Pieces))
	return n <= piecesMost && b.Bytes <= n*pieceBytes && b.Bytes > (n-1)*pieceBytes
}

// Fetch puts the stream of a bundle together in the file to. What an interrupted fetch
// left there is held against the list and gone on from; it returns how many bytes had to
// be copied. ErrChanged names a piece that is not what was signed, ErrCutShort one that is
// missing.
func (b Bundle) Fetch(ctx context.Context, from, to string) (copied int64, err error) {
	read, end, err := sourceOf(from)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, end()) }()
	f, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return 0, fmt.Errorf("fetch the bundle: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	done, at, err := b.there(ctx, f)
	if err != nil {
		return 0, err
	}
	if err := errors.Join(f.Truncate(at), seek(f, at)); err != nil {
		return 0, fmt.Errorf("fetch the bundle: %w", err)
	}
	for i := done; i < len(b.Pieces); i++ {
		if err := ctx.Err(); err != nil {
			return copied, err
		}
		raw, err := read(pieceName(i), pieceBytes)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return copied, fmt.Errorf("%w (piece %d of %d)", ErrCutShort, i+1, len(b.Pieces))
		case errors.Is(err, ErrNoFile), errors.Is(err, errTooLong):
			return copied, fmt.Errorf("%w (piece %d of %d: %w)", ErrChanged, i+1, len(b.Pieces), err)
		case err != nil:
			return copied, fmt.Errorf("fetch the bundle: %w", err)
		}
		if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != b.Pieces[i] {
			return copied, fmt.Errorf("%w (piece %d of %d)", ErrChanged, i+1, len(b.Pieces))
		}
		if _, err := f.Write(raw); err != nil {
			return copied, fmt.Errorf("fetch the bundle: %w", err)
		}
		if err := f.Sync(); err != nil {
			return copied, fmt.Errorf("fetch the bundle: %w", err)
		}
		copied += int64(len(raw))
	}
	return copied, nil
}

func seek(f *os.File, at int64) error {
	_, err := f.Seek(at, io.SeekStart)
	return err
}

// there counts the pieces at the beginning of a file that are right, and their bytes.
func (b Bundle) there(ctx context.Context, f *os.File) (n int, at int64, err error) {
	buf := make([]byte, pieceBytes)
	for n < len(b.Pieces) {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		got, err := io.ReadFull(f, buf)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, 0, fmt.Errorf("fetch the bundle: %w", err)
		}
		if sum := sha256.Sum256(buf[:got]); hex.EncodeToString(sum[:]) != b.Pieces[n] {
			return n, at, nil
		}
		n, at = n+1, at+int64(got)
	}
	return n, at, nil
}
