package web

import (
	"html"
	"regexp"
	"strings"
)

var (
	markupBreak = regexp.MustCompile(`(?i)<(br|/p|/div|/li|/h[1-6])\s*/?>`)
	markup      = regexp.MustCompile(`(?i)</?(br|p|div|span|li|ul|ol|b|i|u|a|strong|em|font|h[1-6]|html-blob|html|body|table|tr|td)(\s[^<>]*)?/?>`)
)

// plainText is a description without the markup that some calendars write into it:
// it is read aloud.
func plainText(text string) string {
	if !markup.MatchString(text) {
		return text
	}
	text = markup.ReplaceAllString(markupBreak.ReplaceAllString(text, "\n"), "")
	lines := strings.Split(html.UnescapeString(text), "\n")
	kept := lines[:0]
	for _, line := range lines {
		if line = oneLine(line); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
