package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Format is the version of the archive that this program writes; it reads every one
// up to it.
const Format = 1

const (
	// readmeName is the first entry, for who opens an archive with another program.
	readmeName = "READ-ME.txt"
	// readme says in two languages what the file is.
	readme = "Đây là bản sao lưu của Loa Làng. Khôi phục trên máy, dừng dịch vụ trước: sudo loalang-board restore --over TỆP\n" +
		"This is a backup of Loa Làng. Bring it back on a board, with its service stopped: sudo loalang-board restore --over FILE\n"
	// manifestHead and manifestTail stand around the hash in the name of the last entry.
	manifestHead = "manifest-"
	manifestTail = ".json"
	// manifestMost bounds what is read of a list, in bytes: some 300,000 files.
	manifestMost = 64 << 20
)

var (
	// ErrNotArchive says that a file is something else.
	ErrNotArchive = errors.New("the file is no backup of Loa Làng: name another one")
	// ErrCutShort says that the end of an archive is missing.
	ErrCutShort = errors.New("the backup is cut short: it was not written or copied to its end; take another one")
	// ErrChanged says that an archive is not what was written.
	ErrChanged = errors.New("the backup is damaged: what it holds is not what was written; take another one")
	// ErrNewer says that a later version wrote the archive.
	ErrNewer = errors.New("the backup was made by a newer version of loalang: install that version first")
)

// File is one file of an archive.
type File struct {
	Name   string `json:"name"`   // its path in the data folder, with slashes
	Bytes  int64  `json:"bytes"`  // its length
	SHA256 string `json:"sha256"` // hex
	// Outside says that the archive names the file only: its bytes lie elsewhere.
	Outside bool `json:"outside,omitempty"`
	// Damaged says that the file was not what it should have been, or could not be
	// read to its end, when the archive was made.
	Damaged bool `json:"damaged,omitempty"`
}

// Manifest is what an archive says of itself.
type Manifest struct {
	Format  int       `json:"format"`
	Program string    `json:"program"` // version that made it
	Schema  int64     `json:"schema"`  // version of the database's tables
	Oldest  int64     `json:"oldest"`  // version of the tables that a program must at least know to use them
	Node    string    `json:"node"`
	Village string    `json:"village"`
	Made    time.Time `json:"made"`
	Keys    bool      `json:"keys"`    // private keys are in it
	Outside bool      `json:"outside"` // recordings are named only
	Files   []File    `json:"files"`   // in the order of the archive
	// Missing names files that should have been there.
	Missing []string `json:"missing,omitempty"`
}

// Damaged names the files that were not whole when the archive was made.
func (m Manifest) Damaged() (names []string) {
	for _, f := range m.Files {
		if f.Damaged {
			names = append(names, f.Name)
		}
	}
	return names
}

// Bytes is how much the files take together, those outside included.
func (m Manifest) Bytes() (sum int64) {
	for _, f := range m.Files {
		sum += f.Bytes
	}
	return sum
}

// encode is the list as it is written, with the name of its entry.
func (m Manifest) encode() (name string, raw []byte, err error) {
	raw, err = json.MarshalIndent(m, "", " ")
	if err != nil {
		return "", nil, fmt.Errorf("encode the list of the backup: %w", err)
	}
	sum := sha256.Sum256(raw)
	return manifestHead + hex.EncodeToString(sum[:]) + manifestTail, raw, nil
}

// isManifest says whether an entry can be the list.
func isManifest(name string) bool {
	return strings.HasPrefix(name, manifestHead) && strings.HasSuffix(name, manifestTail) && !strings.Contains(name, "/")
}

// decode reads the list and holds it against the hash in its name.
func decode(name string, raw []byte) (m Manifest, err error) {
	sum := sha256.Sum256(raw)
	if name != manifestHead+hex.EncodeToString(sum[:])+manifestTail {
		return m, fmt.Errorf("%w (its list)", ErrChanged)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("%w (its list: %w)", ErrChanged, err)
	}
	if m.Format > Format {
		return m, fmt.Errorf("%w (its form is %d, this program reads %d)", ErrNewer, m.Format, Format)
	}
	for _, f := range m.Files {
		if !localName(f.Name) {
			return m, fmt.Errorf("%w (it names %q)", ErrChanged, f.Name)
		}
	}
	return m, nil
}

// localName says whether name stays within the folder that it is put into.
func localName(name string) bool {
	return fs.ValidPath(name) && name != "." && path.Clean(name) == name && filepath.IsLocal(filepath.FromSlash(name)) && !strings.ContainsAny(name, "\\\x00")
}
