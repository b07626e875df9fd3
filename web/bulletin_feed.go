package web

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/recordings"
)

// feedPatience is how long a reader waits for sounds that are not made for phones yet;
// what is not ready then is in the feed the next time.
const feedPatience = 20 * time.Second

// rssDate is the date of RSS 2.0 (RFC 822 with a year of four digits).
const rssDate = "Mon, 02 Jan 2006 15:04:05 -0700"

// rss is a feed as RSS 2.0 has it, with the tags that podcast programs look for.
type rss struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Itunes  string     `xml:"xmlns:itunes,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string      `xml:"title"`
	Link        string      `xml:"link"`
	Self        rssSelf     `xml:"atom:link"`
	Description string      `xml:"description"`
	Language    string      `xml:"language"`
	Published   string      `xml:"pubDate,omitempty"`
	Generator   string      `xml:"generator"`
	Life        int         `xml:"ttl"` // minutes
	Author      string      `xml:"itunes:author"`
	Explicit    string      `xml:"itunes:explicit"`
	Kind        string      `xml:"itunes:type"`
	Block       string      `xml:"itunes:block,omitempty"`
	Category    rssCategory `xml:"itunes:category"`
	Items       []rssItem   `xml:"item"`
}

type rssSelf struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

type rssCategory struct {
	Text string `xml:"text,attr"`
}

type rssItem struct {
	Title       string       `xml:"title"`
	Link        string       `xml:"link"`
	Description string       `xml:"description"`
	GUID        rssGUID      `xml:"guid"`
	Published   string       `xml:"pubDate"`
	Enclosure   rssEnclosure `xml:"enclosure"`
	Length      string       `xml:"itunes:duration"`
	Explicit    string       `xml:"itunes:explicit"`

	at time.Time
}

type rssGUID struct {
	Permanent bool   `xml:"isPermaLink,attr"`
	ID        string `xml:",chardata"`
}

type rssEnclosure struct {
	URL   string `xml:"url,attr"`
	Bytes int64  `xml:"length,attr"`
	Type  string `xml:"type,attr"`
}

// bulletinFeed is what was heard in one language, as a podcast.
func (p *panel) bulletinFeed(c *gin.Context) {
	v, b, ok := p.onBoard(c)
	if !ok {
		return
	}
	language, named := strings.CutSuffix(c.Param("file"), ".xml")
	if !named || !slices.Contains(b.Village.Languages, language) {
		p.noSuchNotice(v, b)
		return
	}
	feed := v.podcast(b, language, origin(c.Request))
	ctx, cancel := context.WithTimeout(v.ctx(), feedPatience)
	defer cancel()
	for _, d := range b.Days {
		for _, n := range d.Notices {
			feed.Channel.Items = append(feed.Channel.Items, p.feedItems(ctx, v, n, language)...)
		}
	}
	feed.once()
	body, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		p.fail(v, err)
		return
	}
	p.sendTagged(v, http.StatusOK, "application/rss+xml; charset=utf-8", append([]byte(xml.Header), body...))
}

// podcast is a feed without its items. Reading it by whatever address it was asked for,
// a program finds the sounds by the same.
func (v *visit) podcast(b *bulletin, language, from string) *rss {
	name := word(vietnamese, "place.village", b.Village.Name)
	author := name
	if b.Village.Commune != "" {
		author += ", " + word(vietnamese, "place.commune", b.Village.Commune)
	}
	f := &rss{Version: "2.0", Itunes: "http://www.itunes.com/dtds/podcast-1.0.dtd", Atom: "http://www.w3.org/2005/Atom"}
	f.Channel = rssChannel{
		Title: word(vietnamese, "bulletin.feed-title", name, lower(word(vietnamese, "language."+language))), Link: from + bulletinRoot,
		Self:        rssSelf{from + bulletinRoot + "/rss/" + language + ".xml", "self", "application/rss+xml"},
		Description: word(vietnamese, "bulletin.about", b.Village.Name, b.Village.Commune), Language: language, Generator: "Loa Làng", Life: 60,
		Author: author, Explicit: "false", Kind: "episodic", Category: rssCategory{"Government"},
	}
	if !b.Village.Publicity.Indexed {
		f.Channel.Block = "Yes" // the directories of podcasts are search engines
	}
	return f
}

// feedItems is what was heard of a notice in a language; what is still to come is not.
func (p *panel) feedItems(ctx context.Context, v *visit, n notice, language string) (items []rssItem) {
	from := origin(v.c.Request)
	for _, s := range n.Sounds {
		if s.Language != language || s.First.IsZero() {
			continue
		}
		bytes, err := p.s.bulletin.size(ctx, s.recording)
		if err != nil {
			if ctx.Err() == nil && !errors.Is(err, recordings.ErrNotFound) {
				p.s.cfg.Logger.Error("a sound is missing in the feed", "err", err)
			}
			continue
		}
		title := n.Title
		if title == "" {
			title = word(vietnamese, "bulletin.emergency")
		}
		items = append(items, rssItem{
			Title: readable(title), Link: from + bulletinRoot + "/tin/" + n.ID, Description: readable(n.in(language)), GUID: rssGUID{ID: "loalang:" + s.ID},
			Published: s.First.In(v.loc).Format(rssDate), Length: fmt.Sprint(int(s.Length.Round(time.Second).Seconds())), Explicit: "false",
			Enclosure: rssEnclosure{from + bulletinSounds + s.ID + ".mp3", bytes, "audio/mpeg"}, at: s.First,
		})
	}
	return items
}

// once leaves each sound once, as it was heard first, and puts the newest first.
func (f *rss) once() {
	items := f.Channel.Items
	slices.SortStableFunc(items, func(a, b rssItem) int { return a.at.Compare(b.at) })
	seen := map[string]bool{}
	items = slices.DeleteFunc(items, func(i rssItem) bool {
		was := seen[i.GUID.ID]
		seen[i.GUID.ID] = true
		return was
	})
	slices.Reverse(items)
	if f.Channel.Items = items; len(items) > 0 {
		f.Channel.Published = items[0].Published
	}
}

// readable leaves out what XML 1.0 has no place for.
func readable(s string) string {
	var b bytes.Buffer
	for _, r := range s {
		if r == '\t' || r == '\n' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 {
			b.WriteRune(r)
		}
	}
	return b.String()
}
