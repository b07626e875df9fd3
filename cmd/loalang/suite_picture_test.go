package main_test

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"slices"
	"testing"
)

// shades is how many colours a kept picture has: the pages are text on paper.
const shades = 24

// shrink makes a picture of a page small enough to be kept by the hundred: the colours
// that are used most, and for every other the nearest of those.
func shrink(raw []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read the picture: %w", err)
	}
	size := full.Bounds()
	uses := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA {
		r, g, b, _ := full.At(x, y).RGBA()
		return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255} //nolint:gosec // a byte
	}
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			uses[at(x, y)]++
		}
	}
	most := slices.SortedFunc(maps.Keys(uses), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(uses[b], uses[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	palette := color.Palette{}
	field := size.Dx() * size.Dy() / 200
	for _, c := range most { // those that fill something, and those that differ clearly: no colour is lost to shades of another
		if len(palette) < shades && (uses[c] > field || len(palette) == 0 || distance(c, palette[palette.Index(c)]) > 900) {
			palette = append(palette, c)
		}
	}
	small := image.NewPaletted(size, palette)
	nearest := map[color.RGBA]uint8{}
	for c := range uses {
		nearest[c] = uint8(palette.Index(c)) //nolint:gosec // shades fit
	}
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			small.SetColorIndex(x, y, nearest[at(x, y)])
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small); err != nil {
		return nil, fmt.Errorf("write the picture: %w", err)
	}
	return out.Bytes(), nil
}

// distance is how far two colours are apart, squared.
func distance(a, b color.Color) int {
	r, g, bl, _ := a.RGBA()
	r2, g2, bl2, _ := b.RGBA()
	square := func(x, y uint32) int { d := int(x>>8) - int(y>>8); return d * d }
	return square(r, r2) + square(g, g2) + square(bl, bl2)
}

// A picture that is kept has few colours, and is still the picture.
func TestPicturesAreSmall(t *testing.T) {
	full := image.NewRGBA(image.Rect(0, 0, 300, 300))
	for y := range 300 {
		for x := range 300 {
			full.SetRGBA(x, y, color.RGBA{uint8(x * y % 251), uint8(x % 251), uint8(y % 251), 255})
		}
	}
	ink, tint := color.RGBA{0xa5, 0x12, 0x1a, 255}, color.RGBA{0x20, 0x23, 0x2b, 255}
	for x := range 300 {
		for y := range 100 {
			full.SetRGBA(x, y, ink)
			full.SetRGBA(x, 100+y/2, color.RGBA{0x15, 0x17, 0x1d, 255}) // the page at night, and a field on it
		}
		for y := range 20 {
			full.SetRGBA(x, 150+y, tint)
		}
	}
	var raw bytes.Buffer
	if err := png.Encode(&raw, full); err != nil {
		t.Fatal(err)
	}
	small, err := shrink(raw.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	back, err := png.Decode(bytes.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	if len(small) >= raw.Len()/2 || back.Bounds() != full.Bounds() || back.At(150, 50) != ink || back.At(150, 155) != tint {
		t.Errorf("%d of %d bytes, %v, %v", len(small), raw.Len(), back.Bounds(), back.At(150, 50))
	}
}
