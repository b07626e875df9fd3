package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // the packager
	"github.com/goreleaser/nfpm/v2/files"
)

// depends is what the program starts, and what the scripts of the package need. The libraries
// are read from the program.
var depends = []string{
	"alsa-utils", "bubblewrap", "ca-certificates", "espeak-ng", "ffmpeg", "gpgv", "kmod", "procps", "systemd", "tzdata",
}

// place is where a file of packaging lies in the package, and its mode.
type place struct {
	from, to string
	mode     fs.FileMode
}

// places are the files that are packed as they are.
var places = []place{
	{"systemd/loalang.service", "/usr/lib/systemd/system/loalang.service", 0o644},
	{"systemd/loalang-disk@.service", "/usr/lib/systemd/system/loalang-disk@.service", 0o644},
	{"systemd/loalang-import.socket", "/usr/lib/systemd/system/loalang-import.socket", 0o644},
	{"systemd/loalang-import@.service", "/usr/lib/systemd/system/loalang-import@.service", 0o644},
	{"systemd/loalang-restart.service", "/usr/lib/systemd/system/loalang-restart.service", 0o644},
	{"systemd/loalang-rtc.service", "/usr/lib/systemd/system/loalang-rtc.service", 0o644},
	{"systemd/loalang-rtc.timer", "/usr/lib/systemd/system/loalang-rtc.timer", 0o644},
	{"systemd/loalang-stick@.service", "/usr/lib/systemd/system/loalang-stick@.service", 0o644},
	{"systemd/loalang-unproven.service", "/usr/lib/systemd/system/loalang-unproven.service", 0o644},
	{"systemd/loalang-unproven.timer", "/usr/lib/systemd/system/loalang-unproven.timer", 0o644},
	{"systemd/loalang-wear.service", "/usr/lib/systemd/system/loalang-wear.service", 0o644},
	{"systemd/loalang-wear.timer", "/usr/lib/systemd/system/loalang-wear.timer", 0o644},
	{"bin/loalang-wear", "/usr/libexec/loalang-wear", 0o755},
	{"bin/loalang-before", "/usr/libexec/loalang-before", 0o755},
	{"bin/loalang-disk", "/usr/libexec/loalang-disk", 0o755},
	{"bin/loalang-owner", "/usr/libexec/loalang-owner", 0o755},
	{"bin/loalang-serve", "/usr/libexec/loalang-serve", 0o755},
	{"bin/loalang-stick", "/usr/libexec/loalang-stick", 0o755},
	{"bin/loalang-unproven", "/usr/libexec/loalang-unproven", 0o755},
	{"journald.conf", "/usr/lib/systemd/journald.conf.d/60-loalang.conf", 0o644},
	{"modules-load.conf", "/usr/lib/modules-load.d/loalang.conf", 0o644},
	{"sysusers.conf", "/usr/lib/sysusers.d/loalang.conf", 0o644},
	{"tmpfiles.conf", "/usr/lib/tmpfiles.d/loalang.conf", 0o644},
	{"60-loalang.rules", "/usr/lib/udev/rules.d/60-loalang.rules", 0o644},
	{"80-loalang.rules", "/usr/lib/udev/rules.d/80-loalang.rules", 0o644},
	{"bin/loalang-board", "/usr/bin/loalang-board", 0o755},
	{"bin/loalang-update", "/usr/sbin/loalang-update", 0o755},
	{"examples/watchdog.conf", "/usr/share/doc/loalang/examples/watchdog.conf", 0o644},
	{"examples/cards.rules", "/usr/share/doc/loalang/examples/cards.rules", 0o644},
	{"examples/fstab", "/usr/share/doc/loalang/examples/fstab", 0o644},
	{"deb/copyright", "/usr/share/doc/loalang/copyright", 0o644},
	{"lintian-overrides", "/usr/share/lintian/overrides/loalang", 0o644},
}

// guides are the documents that a board without a network has with it, and the decisions to
// which they point.
var guides = []string{
	"INSTALL.md", "WIRING.md", "BUTTON.md", "COMMANDS.md", "VOICES.md",
	"adr/0007-twenty-milliseconds-of-buffer.md", "adr/0013-the-buffer-is-learned-in-silence.md", "adr/0027-a-rule-promises-from-its-last-change.md",
	"adr/0031-what-a-report-counts.md", "adr/0036-times-of-day-are-one-rule.md", "adr/0047-a-chip-is-known-by-what-it-is.md",
	"adr/0052-the-version-before-may-open-it.md", "adr/0054-an-emergency-has-its-zones-alone.md",
	"adr/0056-an-emergency-waits-for-its-amplifier.md", "adr/0057-a-service-of-its-own-for-decoders.md",
	"adr/0058-what-airs-no-more-makes-room.md", "adr/0059-a-version-that-does-not-stay-up.md",
}

// pack makes the package.
func (o order) pack(bill string) (string, error) {
	info, err := o.describe(bill)
	if err != nil {
		return "", err
	}
	info = nfpm.WithDefaults(info)
	if err := nfpm.PrepareForPackager(info, "deb"); err != nil {
		return "", fmt.Errorf("prepare the package: %w", err)
	}
	packager, err := nfpm.Get("deb")
	if err != nil {
		return "", fmt.Errorf("find the packager: %w", err)
	}
	var deb bytes.Buffer
	if err := packager.Package(info, &deb); err != nil {
		return "", fmt.Errorf("make the package: %w", err)
	}
	if err := os.WriteFile(info.Target, deb.Bytes(), 0o644); err != nil {
		return "", fmt.Errorf("write the package: %w", err)
	}
	return info.Target, nil
}

// describe is the package as nfpm takes it.
func (o order) describe(bill string) (*nfpm.Info, error) {
	libs, err := o.libraryPackages()
	if err != nil {
		return nil, err
	}
	contents, err := o.contents(bill)
	if err != nil {
		return nil, err
	}
	info := &nfpm.Info{
		Name: "loalang", Arch: o.arch, Platform: "linux", Version: o.version, VersionSchema: "none", Section: "sound", Priority: "optional",
		Maintainer: "Loa Làng <loalang@example.org>", License: "Apache-2.0", MTime: o.made,
		Description: "village loudspeaker: text or recording to the amplifier on time\n" +
			"Loa Làng plays a village's announcements to its loudspeakers on time,\nin every language of the village, and writes down what was heard. A\n" +
			"panel for phones is served in the local network; a relay switches the\namplifier.",
		Target: filepath.Join(o.out, fmt.Sprintf("loalang_%s_%s.deb", o.version, o.arch)),
	}
	info.Depends = append(libs, depends...)
	info.Recommends = []string{"systemd-timesyncd | time-daemon", "gpiod", "avahi-daemon", "smartmontools"}
	info.Contents = contents
	info.Umask = 0
	if info.Deb.Compression = "xz"; o.fast {
		info.Deb.Compression = "gzip"
	}
	for _, s := range []struct {
		name string
		to   *string
	}{{"preinst", &info.Scripts.PreInstall}, {"postinst", &info.Scripts.PostInstall}, {"prerm", &info.Scripts.PreRemove}, {"postrm", &info.Scripts.PostRemove}} {
		if *s.to, err = o.script(s.name); err != nil {
			return nil, err
		}
	}
	return info, nil
}

// contents are the files of the package.
func (o order) contents(bill string) (files.Contents, error) {
	var all files.Contents
	add := func(from, to string, mode fs.FileMode) {
		all = append(all, &files.Content{Source: from, Destination: to, FileInfo: o.as(mode)})
	}
	home := "/usr/lib/loalang/" + o.version + "/loalang"
	add(o.program, home, 0o755)
	all = append(all, &files.Content{Source: "../lib/loalang/" + o.version + "/loalang", Destination: "/usr/bin/loalang", Type: files.TypeSymlink, FileInfo: o.as(0o777)})
	for _, p := range places {
		add(filepath.Join(o.source, p.from), p.to, p.mode)
	}
	for _, g := range guides {
		add(filepath.Join(o.docs, g), "/usr/share/doc/loalang/"+g, 0o644)
	}
	add(bill, "/usr/share/doc/loalang/loalang.cdx.json", 0o644)
	news, err := o.changelog()
	if err != nil {
		return nil, err
	}
	add(news, "/usr/share/doc/loalang/changelog.gz", 0o644)
	notices, err := o.notices()
	if err != nil {
		return nil, err
	}
	add(notices, "/usr/share/doc/loalang/notices.gz", 0o644)
	all = append(all, &files.Content{Source: filepath.Join(o.source, "loalang.env"), Destination: "/etc/loalang/loalang.env", Type: files.TypeConfigNoReplace, FileInfo: o.as(0o644)})
	return all, nil
}

// as is how a file lies there.
func (o order) as(mode fs.FileMode) *files.ContentFileInfo {
	return &files.ContentFileInfo{Owner: "root", Group: "root", Mode: mode, MTime: o.made}
}

// script puts version and architecture into a maintainer script.
func (o order) script(name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(o.source, "deb", name))
	if err != nil {
		return "", fmt.Errorf("read a script: %w", err)
	}
	file := filepath.Join(o.work, name)
	made := strings.NewReplacer("@VERSION@", o.version, "@ARCH@", o.arch).Replace(string(text))
	if err := os.WriteFile(file, []byte(made), 0o755); err != nil {
		return "", fmt.Errorf("write a script: %w", err)
	}
	return file, os.Chtimes(file, o.made, o.made)
}

// changelog is the file that Debian wants; what changed is told by the history of the commits.
func (o order) changelog() (string, error) {
	return o.squeezed("changelog.gz", fmt.Sprintf("loalang (%s) stable; urgency=medium\n\n  * Made of the commit of this time; its history tells what changed.\n\n -- Loa Làng <loalang@example.org>  %s\n", o.version, o.made.Format(time.RFC1123Z)))
}
