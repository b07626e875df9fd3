package relay

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// hlsList is a playlist of RFC 8216, as far as sound needs it: a media playlist has
// segments, a master playlist variants.
type hlsList struct {
	target   time.Duration // of a segment
	segments []segment
	ended    bool // it is whole, nothing will be added
	variants []variant
	audio    map[string]string // addresses of alternative sound by group
}

type segment struct {
	number int64
	ref    string
	begin  string // address of what stands before it (EXT-X-MAP); empty: nothing
}

type variant struct {
	ref   string
	bits  int // per second
	group string
}

// readHLS reads a playlist; what it does not know it leaves out, as the RFC says.
func readHLS(text []byte) (hlsList, error) {
	l := hlsList{target: 10 * time.Second, audio: map[string]string{}}
	var number int64
	var begin string
	var gap bool
	var next *variant
	for raw := range bytes.Lines(text) {
		line := strings.TrimSpace(string(raw))
		tag, value, _ := strings.Cut(line, ":")
		switch {
		case line == "":
		case tag == "#EXT-X-TARGETDURATION":
			seconds, err := strconv.Atoi(value)
			if err != nil || seconds < 1 || seconds > 120 {
				return l, fault(BadPlaylist, "target duration %q", value)
			}
			l.target = time.Duration(seconds) * time.Second
		case tag == "#EXT-X-MEDIA-SEQUENCE":
			n, err := strconv.ParseInt(value, 10, 62)
			if err != nil || n < 0 {
				return l, fault(BadPlaylist, "media sequence %q", value)
			}
			number = n
		case tag == "#EXT-X-ENDLIST":
			l.ended = true
		case tag == "#EXT-X-GAP":
			gap = true
		case tag == "#EXT-X-KEY", tag == "#EXT-X-SESSION-KEY":
			if method := attributes(value)["METHOD"]; method != "NONE" {
				return l, fault(Encrypted, "%s", method)
			}
		case tag == "#EXT-X-BYTERANGE":
			return l, fault(Unsupported, "byte ranges")
		case tag == "#EXT-X-MAP":
			a := attributes(value)
			if a["BYTERANGE"] != "" {
				return l, fault(Unsupported, "byte ranges")
			}
			begin = a["URI"]
		case tag == "#EXT-X-MEDIA":
			if a := attributes(value); a["TYPE"] == "AUDIO" && a["URI"] != "" && (l.audio[a["GROUP-ID"]] == "" || a["DEFAULT"] == "YES") {
				l.audio[a["GROUP-ID"]] = a["URI"]
			}
		case tag == "#EXT-X-STREAM-INF":
			a := attributes(value)
			bits, _ := strconv.Atoi(a["BANDWIDTH"]) // 0 when it is not told: then it is not chosen for it
			next = &variant{bits: bits, group: a["AUDIO"]}
		case line[0] == '#':
		case next != nil:
			next.ref = line
			l.variants, next = append(l.variants, *next), nil
		default:
			if !gap {
				l.segments = append(l.segments, segment{number: number, ref: line, begin: begin})
			}
			number, gap = number+1, false
		}
	}
	return l, nil
}

// attributes reads an attribute list: NAME=value, or in quotation marks with commas.
func attributes(s string) map[string]string {
	out := map[string]string{}
	for s != "" {
		name, rest, found := strings.Cut(s, "=")
		if !found {
			break
		}
		var value string
		if strings.HasPrefix(rest, `"`) {
			value, rest, _ = strings.Cut(rest[1:], `"`)
			_, s, _ = strings.Cut(rest, ",")
		} else {
			value, s, _ = strings.Cut(rest, ",")
		}
		out[strings.TrimSpace(name)] = value
	}
	return out
}

// enough is the rate above which a horn speaker gains nothing, in bits per second.
const enough = 192000

// chosen is the address of the variant to take: the best sound that is not more
// than enough, else the smallest.
func (l hlsList) chosen() string {
	best := slices.MinFunc(l.variants, func(a, b variant) int {
		fitsA, fitsB := a.bits > 0 && a.bits <= enough, b.bits > 0 && b.bits <= enough
		switch {
		case fitsA && fitsB:
			return cmp.Compare(b.bits, a.bits)
		case fitsA:
			return -1
		case fitsB:
			return 1
		}
		return cmp.Compare(a.bits, b.bits)
	})
	if sound := l.audio[best.group]; best.group != "" && sound != "" {
		return sound
	}
	return best.ref
}
