package lab

import (
	"fmt"
	"os"
	"strings"
)

// KeepSection writes a section of figures into a document, in place of the one of the
// same name before. by is the command that measured, name the name of the section.
func KeepSection(file, by, name, section string) error {
	begins, ends := "<!-- written by `"+by+"`: "+name+" -->\n", "<!-- end of "+name+" -->\n"
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the figures: %w", err)
	}
	text := string(raw)
	before, rest, found := strings.Cut(text, begins)
	_, after, ended := strings.Cut(rest, ends)
	if found && !ended {
		return fmt.Errorf("%s begins figures of the %s and does not end them", file, name)
	}
	if !found {
		before, after = strings.TrimRight(text, "\n")+"\n\n", ""
	}
	if err := os.WriteFile(file, []byte(before+begins+section+ends+after), 0o600); err != nil {
		return fmt.Errorf("write the figures: %w", err)
	}
	return nil
}
