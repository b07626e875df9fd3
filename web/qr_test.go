package web_test

import (
	"image"
	"image/color"
	"image/draw"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"loalang/web"
)

// TestQRIsRead holds the codes on our pages against a reader that is not ours.
func TestQRIsRead(t *testing.T) {
	for name, text := range map[string]string{
		"OK address":    "http://192.168.1.10:8080/",
		"Vietnamese":    "Thôn Ún Tà – Bảng tin làng",
		"invitation":    "https://loa.internal:8443/invitations/pT7vK0mZ3wq8Jd5yRk2LxN4sA9bE6cF1hG0iUoWQz8Y",
		"hostile":       `"><script>alert(1)</script>`,
		"a whole text":  strings.Repeat("Mời bà con đi họp. ", 60),
		"one character": "1",
	} {
		t.Run(name, func(t *testing.T) {
			svg, err := web.QRSVG(text, `Mã của "bảng tin" <làng>`)
			if err != nil {
				t.Fatal(err)
			}
			if got := readQR(t, svg); got != text {
				t.Errorf("read %q, want %q", got, text)
			}
			if !strings.Contains(svg, `aria-label="Mã của &#34;bảng tin&#34; &lt;làng&gt;"`) {
				t.Errorf("the label is not what it should be: %.200s", svg)
			}
			if strings.Contains(svg, "style=") || strings.Contains(svg, "<script") {
				t.Errorf("not what the content security policy lets through: %.200s", svg)
			}
		})
	}
	if _, err := web.QRSVG(strings.Repeat("x", 3000), ""); err == nil {
		t.Error("a text that no code holds was drawn")
	}
}

var (
	qrSide = regexp.MustCompile(`viewBox="0 0 (\d+) `)
	qrRun  = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`)
)

// readQR paints a code as a browser does, six pixels for a module, and reads it.
func readQR(t *testing.T, svg string) string {
	t.Helper()
	const scale = 6
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n * scale
	}
	side := number(qrSide.FindStringSubmatch(svg)[1])
	painted := image.NewGray(image.Rect(0, 0, side, side))
	draw.Draw(painted, painted.Bounds(), image.White, image.Point{}, draw.Src)
	for _, m := range qrRun.FindAllStringSubmatch(svg, -1) {
		x, y := number(m[1]), number(m[2])
		draw.Draw(painted, image.Rect(x, y, x+number(m[3]), y+scale), image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(painted)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
	if err != nil {
		t.Fatalf("no reader reads it: %v", err)
	}
	return read.GetText()
}
