package web

import (
	"net/netip"
	"strings"
)

// deviceWords names what a browser says it is, such as "Chrome, Android": what a person
// recognises their own phone by. What it says is not believed in any other way.
func deviceWords(lang, agent string) string {
	find := func(names [][2]string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	browser := find([][2]string{ // the first that fits: each claims to be those below
		{"coc_coc", "Cốc Cốc"},
		{"SamsungBrowser", "Samsung Internet"},
		{"Zalo", "Zalo"},
		{"FBAN", "Facebook"},
		{"FBAV", "Facebook"},
		{"OPR/", "Opera"},
		{"UCBrowser", "UC Browser"},
		{"Edg", "Edge"},
		{"Firefox", "Firefox"},
		{"FxiOS", "Firefox"},
		{"CriOS", "Chrome"},
		{"Chrome", "Chrome"},
		{"Safari", "Safari"},
		{"curl", "curl"},
	})
	system := find([][2]string{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "Mac"}, {"CrOS", "Chromebook"}, {"Linux", "Linux"},
	})
	switch {
	case browser == "" && system == "":
		return word(lang, "device.unknown")
	case browser == "" || system == "":
		return browser + system
	}
	return browser + ", " + system
}

// placeWords is where an address lies, in words.
func placeWords(lang, address string) string {
	a, err := netip.ParseAddr(address)
	switch {
	case err != nil:
		return word(lang, "place.unknown")
	case a.IsLoopback():
		return word(lang, "place.board")
	case a.IsPrivate() || a.IsLinkLocalUnicast():
		return word(lang, "place.network", a.Unmap().WithZone("").String())
	}
	return word(lang, "place.far", a.Unmap().WithZone("").String())
}
