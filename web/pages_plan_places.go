package web

import (
	"net/http"
	"net/url"
	"slices"

	"loalang/people"
	"loalang/scheduler"
)

// placeLink leads to the plan of a village.
type placeLink struct {
	Name, Link string
	Shown      bool
}

// shownPlace is the cookie that remembers whose plan somebody looked at last.
const shownPlace = "plan-village"

// placeAsked is the village whose plan is to be shown: the one that the address names,
// else the one that was looked at last, else the board's. all leads to each that the
// visitor may see; none when there is but one.
func (p *panel) placeAsked(v *visit) (place scheduler.Village, all []placeLink) {
	place = v.village
	if v.me.Village != "" {
		return place, nil
	}
	known, err := p.s.seen(v.ctx(), v.me, "")
	if err != nil {
		if !isDamage(err) { // of damage every page tells
			p.s.cfg.Logger.Error("the villages could not be read", "err", err)
		}
		return place, nil
	}
	if len(known) < 2 {
		return place, nil
	}
	asked := v.c.Query("village")
	key := asked
	if cookie, err := v.c.Request.Cookie(shownPlace); err == nil && key == "" {
		key = cookie.Value
	}
	if i := slices.IndexFunc(known, func(k scheduler.Village) bool { return k.Key == key }); i >= 0 && key != place.Key {
		place = known[i]
	}
	if asked == place.Key {
		http.SetCookie(v.c.Writer, &http.Cookie{Name: shownPlace, Value: place.Key, Path: "/plan", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	for _, k := range known {
		q := url.Values{"village": {k.Key}}
		for _, name := range []string{"week", "day"} {
			if value := v.c.Query(name); value != "" {
				q.Set(name, value)
			}
		}
		all = append(all, placeLink{v.word("place.village", k.Name), "/plan?" + q.Encode(), k.Key == place.Key})
	}
	return place, all
}

// own says whether the board itself drives the loudspeakers of a village: only there does
// this panel change what will air.
func (v *visit) own(place scheduler.Village) bool { return place.Key == v.village.Key }

// phraseOf speaks the visitor's language in the civil time of a village.
func (v *visit) phraseOf(place scheduler.Village) phrase {
	if loc, err := place.Location(); err == nil {
		return phrase{lang: v.lang, loc: loc}
	}
	return v.phrase // of a zone that is unknown the plan tells
}

// mayIn says whether the visitor may do an action to the plan of a village here.
func (v *visit) mayIn(place scheduler.Village, a people.Action) bool { return v.own(place) && v.may(a) }
