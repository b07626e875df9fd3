package web

import (
	"fmt"
	"html/template"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

const (
	// qrQuiet is the white border around a code, in modules, as ISO/IEC 18004
	// demands it.
	qrQuiet = 4
	// qrWidth is how wide a code stands on a page, in CSS pixels; a page's own
	// sheet may make it larger, the drawing is a vector.
	qrWidth = 264
)

// qrSVG draws text, at most some 2,300 bytes, as a QR code (ISO/IEC 18004, level
// M: it is read with 15 % of it torn off or in the shade) in an SVG of class "qr"
// for a page; label is what a screen reader says. It is black on white also where
// the page is dark, or phones do not read it. The error is a text that is too long.
func qrSVG(text, label string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return "", fmt.Errorf("draw QR code of %d bytes: %w", len(text), err)
	}
	side := code.Bounds().Dx() + 2*qrQuiet
	return template.HTML(fmt.Sprintf(`<svg class="qr" role="img" aria-label="%s" width="%d" height="%d" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`,
		template.HTMLEscapeString(label), qrWidth, qrWidth, side, side, side, side, qrPath(code))), nil
}

// qrPath is the dark modules of a code, run by run: a third of the bytes of a
// square each.
func qrPath(code barcode.Barcode) string {
	var d strings.Builder
	side := code.Bounds().Dx()
	dark := func(x, y int) bool { return x < side && color.GrayModel.Convert(code.At(x, y)) == color.Gray{} }
	for y := range side {
		for x := 0; x < side; x++ {
			from := x
			for dark(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&d, "M%d %dh%dv1h-%dz", from+qrQuiet, y+qrQuiet, x-from, x-from)
			}
		}
	}
	return d.String()
}
