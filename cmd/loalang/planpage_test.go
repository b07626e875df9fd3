package main_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// planned is a board whose next week has something to be moved: a notice at 18:30 on
// Tuesday, one in the afternoon of Tuesday, and one in the morning of every day.
type planned struct {
	*daemon
	*browser
	monday                time.Time
	sharp, evening, daily string // announcements
	slots                 []string
}

func plannedWeek(t *testing.T) *planned {
	t.Helper()
	need(t, sound)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	p := &planned{daemon: d, browser: newBrowser(t)}
	p.open(d.setup)
	p.fill("#name", "Vàng Thị Mỷ")
	p.fill("#password", password)
	p.press("form button[type=submit]")
	p.begun()
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(loc)
	p.monday = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, loc).AddDate(0, 0, 7-(int(now.Weekday())+6)%7)
	for _, s := range d.call(http.MethodGet, "/slots", nil, http.StatusOK)["slots"].([]any) {
		p.slots = append(p.slots, s.(map[string]any)["id"].(string))
	}
	tell := func(title string, schedule object) string {
		id := d.announce(object{"title": title, "text": "Mời bà con đến nhà văn hóa.", "renditions": []object{{"language": "vi"}, {"language": "pcc", "waived": true}}})
		d.call(http.MethodPost, "/announcements/"+id+"/schedules", schedule, http.StatusCreated)
		return id
	}
	tuesday := p.date(1)
	p.sharp = tell("Tiêm phòng trâu bò", object{"kind": "once", "at": tuesday + "T18:30:00+07:00"})
	p.evening = tell("Mời họp thôn", object{"kind": "slots", "slots": p.slots[1:2], "from": tuesday, "until": tuesday})
	p.daily = tell("Giữ ấm cho trâu", object{"kind": "slots", "slots": p.slots[:1]})
	d.until("the plan has them", func() bool { return len(p.due(p.sharp)) == 1 && len(p.due(p.evening)) == 1 && len(p.due(p.daily)) >= 7 })
	return p
}

// sees is until of the browser, which the daemon has as well.
func (p *planned) sees(what, js string) { p.browser.t.Helper(); p.browser.until(what, js) }

// date is a day of the week, counted from Monday.
func (p *planned) date(day int) string { return p.monday.AddDate(0, 0, day).Format(time.DateOnly) }

// due is when the plan of the week airs an announcement: "24 17:00".
func (p *planned) due(announcement string) (all []string) {
	plan := p.call(http.MethodGet, "/plan?days=14&from="+p.monday.AddDate(0, 0, -7).Format(time.DateOnly), nil, http.StatusOK)
	for _, o := range plan["occurrences"].([]any) {
		o := object(o.(map[string]any))
		at, err := time.Parse(time.RFC3339, o["due"].(string))
		if o["announcement"] == announcement && err == nil && !at.Before(p.monday) {
			all = append(all, at.In(p.monday.Location()).Format("2006-01-02 15:04"))
		}
	}
	return all
}

// week opens the week, and waits until its items can be dragged.
func (p *planned) week(width, height int64) {
	p.screen(width, height)
	p.open(p.url + "/plan?week=" + p.date(1))
	p.sees("the items can be moved", "document.querySelector('[data-turn]') && !document.querySelector('[data-js]').hidden")
}

// spot is the middle of what an expression gives, scrolled to.
func (p *planned) spot(node string) [2]float64 {
	p.sees("it is there: "+node, node)
	at := js[[]float64](p.browser, fmt.Sprintf(`(() => { const n = %s; const r = n.getBoundingClientRect(); return [r.x + Math.min(r.width / 2, 60), r.y + Math.min(20, r.height / 2)]; })()`, node))
	return [2]float64{at[0], at[1]}
}

// settled looks at the difference, takes it, and waits for the week.
func (p *planned) settled(name string) {
	p.sees("the difference is shown", "document.querySelector('button[name=foreseen][value=save]')")
	p.picture(name)
	p.press("button[name=foreseen][value=save]")
	p.sees("it is moved", "location.pathname == '/plan' && location.search.includes('told=moved')")
}

// undone takes it back.
func (p *planned) undone() {
	p.sees("undo is offered", "document.querySelector('form[action=\"/undo\"] button')")
	p.press("form[action='/undo'] button")
	p.sees("it is answered", "!location.search.includes('told=moved')")
	if js[bool](p.browser, "!!document.querySelector('button[name=foreseen][value=save]')") {
		p.press("button[name=foreseen][value=save]")
	}
	p.sees("it is undone", "location.search.includes('told=undone')")
}

func (p *planned) wants(what, announcement string, want ...string) {
	p.browser.t.Helper()
	p.daemon.until(what, func() bool { return strings.Join(p.due(announcement), ",") == strings.Join(want, ",") })
}

func touchAt(kind input.DispatchTouchEventType, at ...[2]float64) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		points := []*input.TouchPoint{}
		for _, p := range at {
			points = append(points, &input.TouchPoint{X: p[0], Y: p[1]})
		}
		_, err := cdp.Call(ctx, t, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
		return err
	})
}

// A notice is dragged with a finger on a phone: to another day by the strip, then to a
// time by the rail; a finger that moves at once scrolls. Undo puts it back.
func TestPlanDragByFinger(t *testing.T) {
	t.Parallel()
	p := plannedWeek(t)
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
		return err
	}))
	item := fmt.Sprintf(`document.querySelector('[data-days] [data-turn*="%s"]')`, p.date(1)+"T17:00")
	hold := func(to ...string) {
		p.week(360, 740)
		p.sees("its day is shown", item+".checkVisibility()")
		js[bool](p.browser, "("+item+`.scrollIntoView({ block: "center" }), true)`)
		from := p.spot(item)
		p.do(touchAt(input.DispatchTouchEventTypeTouchStart, from), chromedp.Sleep(700*time.Millisecond))
		p.sees("it is picked up", "document.querySelector('.drag')")
		for _, node := range to {
			at := p.spot(node)
			p.do(touchAt(input.DispatchTouchEventTypeTouchMove, [2]float64{(from[0] + at[0]) / 2, (from[1] + at[1]) / 2}), touchAt(input.DispatchTouchEventTypeTouchMove, at))
			from = at
		}
		p.picture("plan-drag-360")
		p.do(touchAt(input.DispatchTouchEventTypeTouchEnd))
	}
	hold(fmt.Sprintf(`document.querySelector('.strip [data-day="%s"]')`, p.date(3)))
	p.settled("plan-moved-360")
	p.wants("it airs on Thursday", p.evening, p.date(3)+" 17:00")
	p.picture("plan-told-360")
	p.undone()
	p.wants("it is back on Tuesday", p.evening, p.date(1)+" 17:00")

	hold(`document.querySelector('.rail').children[14]`) // at seven in the evening
	p.settled("plan-timed-360")
	p.daemon.until("it has a time of its own", func() bool {
		due := p.due(p.evening)
		return len(due) == 1 && strings.HasPrefix(due[0], p.date(1)+" 19:")
	})

	p.week(360, 740)
	js[bool](p.browser, `(scrollTo(0, 0), true)`)
	from := p.spot(`document.querySelector('[data-shown] [data-turn]')`)
	p.do(touchAt(input.DispatchTouchEventTypeTouchStart, from))
	for y := 20.0; y <= 200; y += 20 {
		p.do(touchAt(input.DispatchTouchEventTypeTouchMove, [2]float64{from[0], from[1] - y}))
	}
	p.sees("a finger that moves at once scrolls", "scrollY > 50 && !document.querySelector('.drag')")
	p.do(touchAt(input.DispatchTouchEventTypeTouchEnd))
}

// The same by mouse on a desk: one turn of what recurs, which is asked for, and all of it.
func TestPlanDragByMouse(t *testing.T) {
	t.Parallel()
	p := plannedWeek(t)
	drag := func(from, to string) {
		p.week(1280, 1700)
		a, b := p.spot(from), p.spot(to)
		p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, a[0], a[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
		for i := 1.0; i <= 4; i++ {
			p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, a[0]+(b[0]-a[0])*i/4, a[1]+(b[1]-a[1])*i/4, chromedp.ButtonLeft))
		}
		p.sees("it is over a place", "document.querySelector('td.over')")
		p.picture("plan-drag-1280")
		p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, b[0], b[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
	cell := func(day int, slot string) string {
		return fmt.Sprintf(`document.querySelector('td[data-date="%s"][data-slot="%s"]')`, p.date(day), slot)
	}
	turn := func(day int, local string) string {
		return fmt.Sprintf(`document.querySelector('.week [data-turn*="%sT%s"]')`, p.date(day), local)
	}
	p.week(1280, 1700)
	p.picture("plan-1280")
	drag(turn(1, "18:30"), cell(2, p.slots[0]))
	p.settled("plan-moved-1280")
	p.wants("the time of its own became a slot", p.sharp, p.date(2)+" 05:30")
	p.picture("plan-told-1280")
	p.undone()
	p.wants("it is back at its time", p.sharp, p.date(1)+" 18:30")

	before := p.due(p.daily)
	drag(turn(4, "05:30"), cell(4, p.slots[1]))
	p.sees("it asks: one or all", "document.querySelectorAll('button[name=scope]').length == 2")
	p.picture("plan-ask-1280")
	p.press("button[name=scope][value=one]")
	p.settled("plan-one-1280")
	p.daemon.until("one day is in the afternoon", func() bool {
		due := p.due(p.daily)
		return len(due) == len(before) && strings.Contains(strings.Join(due, ","), p.date(4)+" 17:0") && strings.Count(strings.Join(due, ","), " 05:3") == len(before)-1
	})
	p.undone()
	p.wants("every day is in the morning", p.daily, before...)
	drag(turn(4, "05:30"), cell(4, p.slots[1]))
	p.sees("it asks again", "document.querySelectorAll('button[name=scope]').length == 2")
	p.press("button[name=scope][value=all]")
	p.settled("plan-all-1280")
	p.daemon.until("all are in the afternoon", func() bool {
		due := strings.Join(p.due(p.daily), ",")
		return len(due) > 0 && !strings.Contains(due, " 05:3")
	})
}

// By keyboard: space picks up, arrows choose, Escape leaves it, Enter drops; and by the
// plain form. Then axe.
func TestPlanMoveByKeyboardAndForm(t *testing.T) {
	t.Parallel()
	p := plannedWeek(t)
	p.week(1280, 1700)
	focus := fmt.Sprintf(`(document.querySelector('.week [data-turn*="%sT17:00"] a').focus(), true)`, p.date(1))
	js[bool](p.browser, focus)
	p.do(chromedp.KeyEvent(" "))
	p.sees("it is picked up and said", "[...document.querySelectorAll('[role=status]')].some((n) => n.textContent.includes('Đã nhấc'))")
	p.do(chromedp.KeyEvent("\u0302")) // arrow left
	p.sees("Monday is said", "[...document.querySelectorAll('[role=status]')].some((n) => n.textContent.includes('Hai'))")
	p.do(chromedp.KeyEvent("\u001b"))
	p.sees("it is left", "!document.querySelector('.drag') && location.pathname == '/plan'")
	js[bool](p.browser, focus)
	p.do(chromedp.KeyEvent(" "), chromedp.KeyEvent("\u0303"), chromedp.KeyEvent("\u0304"), chromedp.KeyEvent("\r")) // right, up
	p.settled("plan-keys-1280")
	p.wants("it airs on Wednesday morning", p.evening, p.date(2)+" 05:30")
	p.undone()
	p.wants("it is back", p.evening, p.date(1)+" 17:00")

	p.week(320, 700)
	p.picture("plan-320")
	if cut := js[string](p.browser, `[...document.querySelectorAll(".steps a, .strip a, .strip .moon")].filter((n) => n.scrollWidth > n.clientWidth + 1 || n.getBoundingClientRect().right > innerWidth + 1).map((n) => n.textContent.trim()).join("; ")`); cut != "" {
		t.Errorf("at 320 px it is cut off: %s", cut)
	}

	p.screen(360, 740)
	p.open(p.url + "/plan?day=" + p.date(1))
	p.sees("the day offers it", "document.querySelector('[data-turn*=\"T17:00\"] .move')")
	p.picture("plan-day-360")
	p.press("[data-turn*='T17:00'] .move")
	p.sees("the form is there", "document.querySelector('input[name=place][value=time]')")
	p.picture("plan-move-360")
	p.press("input[name=place][value=time]")
	js[bool](p.browser, `(document.querySelector('#time').value = "19:15", true)`)
	p.press("form .btn")
	p.settled("plan-form-360")
	p.wants("it airs at its time", p.evening, p.date(1)+" 19:15")

	p.week(1280, 1700)
	add := fmt.Sprintf(`document.querySelector('td[data-date="%s"][data-slot="%s"] .add')`, p.date(5), p.slots[1])
	p.sees("an empty place can be filled", add)
	js[bool](p.browser, "("+add+".click(), true)")
	p.sees("the notice is for that place", fmt.Sprintf("document.querySelector('input[name=when]:checked')?.value == 'slot:%s:%s'", p.slots[1], p.date(5)))
	if q := js[string](p.browser, "location.search"); !strings.Contains(q, url.QueryEscape(p.slots[1])) {
		t.Errorf("it leads to %s", q)
	}
}

// What finds no place is told above the plan, and one press leads to moving it; in light
// and dark, on a phone and on a desk.
func TestPlanConflictIsMovedByOnePress(t *testing.T) {
	t.Parallel()
	p := plannedWeek(t)
	late := p.announce(object{"title": "Văn nghệ đêm hội", "text": "Mời bà con đến xem.", "renditions": []object{{"language": "vi"}, {"language": "pcc", "waived": true}}})
	p.call(http.MethodPost, "/announcements/"+late+"/schedules", object{"kind": "once", "at": p.date(2) + "T22:30:00+07:00"}, http.StatusCreated)
	p.call(http.MethodPatch, "/villages/un-ta", object{"allowed": []object{{"from": "05:00", "to": "21:00"}}}, http.StatusOK)
	scheme := func(value string) {
		p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}})
			return err
		}))
	}
	const way = "form[action$='/ways'] button[name=way]"
	p.daemon.until("the plan tells of it", func() bool {
		p.open(p.url + "/plan?week=" + p.date(1))
		return js[bool](p.browser, `!!document.querySelector("`+way+`")`)
	})
	p.screen(1280, 900)
	p.picture("plan-conflict-1280")
	scheme("dark")
	p.picture("plan-conflict-1280-dark")
	p.screen(360, 740)
	p.picture("plan-conflict-360-dark")
	scheme("light")
	p.picture("plan-conflict-360")
	p.press(way)
	p.sees("what it makes of the plan is shown", "document.querySelector('button[name=foreseen][value=save]')")
	p.picture("plan-conflict-look-360")
	p.press("button[name=foreseen][value=save]")
	p.sees("it is taken", "location.search.includes('told=way-')")
	p.daemon.until("it airs", func() bool { return len(p.due(late)) == 1 })
}

// A finger that put an item back where it was took the next tap with it: the browser makes
// no click of a long press, and the one that was to be ignored came later.
func TestPlanTapBehindADrag(t *testing.T) {
	t.Parallel()
	p := plannedWeek(t)
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
		return err
	}))
	p.week(360, 740)
	item := fmt.Sprintf(`document.querySelector('[data-days] [data-turn*="%s"]')`, p.date(1)+"T17:00")
	js[bool](p.browser, "("+item+`.scrollIntoView({ block: "center" }), true)`)
	at := p.spot(item)
	p.do(touchAt(input.DispatchTouchEventTypeTouchStart, at), chromedp.Sleep(700*time.Millisecond))
	p.sees("it is picked up", "document.querySelector('.drag')")
	p.do(touchAt(input.DispatchTouchEventTypeTouchEnd))
	p.sees("it is put back", "!document.querySelector('.drag') && location.pathname == '/plan'")
	time.Sleep(200 * time.Millisecond) // no finger is faster
	at = p.spot(fmt.Sprintf(`document.querySelector('.strip [data-day="%s"]')`, p.date(3)))
	p.do(touchAt(input.DispatchTouchEventTypeTouchStart, at), touchAt(input.DispatchTouchEventTypeTouchEnd))
	p.sees("the next tap leads to its day", fmt.Sprintf(`document.querySelector('[data-shown]').dataset.date == %q`, p.date(3)))

	// Nor was a button in an item pressed by space: that picked the item up.
	js[bool](p.browser, `(() => { const b = document.createElement("button"); b.type = "button"; b.onclick = () => { window.pressed = true; }; document.querySelector("[data-shown] [data-turn] > div").append(b); b.focus(); return true; })()`)
	p.do(chromedp.KeyEvent(" "))
	p.sees("space presses the button", "window.pressed && !document.querySelector('.drag')")
}
