package main_test

import (
	"testing"
	"time"
)

// The story of a notice that is told again and again: a village head picks mùng 1
// and rằm in the evening slot without knowing what a rule is, sees the next three,
// sends, leaves out one day from the plan's page of the schedule, and puts it back.
func TestRecurringPage(t *testing.T) {
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	b.open(d.setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()

	b.screen(360, 740)
	b.open(d.url + "/announcements/new")
	b.sheet("write")
	b.set("#title", "Nhắc lễ rằm")
	b.set("#text", "Mời bà con dọn vệ sinh đường làng.")
	b.sheet("send")
	b.press("[name=when][value=recurring]")
	b.press("[name=rslot]")
	b.until("the next three are there", "document.querySelectorAll('[data-rule-preview] li').length == 3 && document.querySelector('[data-rule-preview]').innerText.includes('Mùng 1 và rằm hằng tháng âm lịch')")
	b.until("nothing runs off the side", "document.documentElement.scrollWidth <= 360")
	b.picture("recur-form-360")

	b.press("[name=rhythm][value=lunar-year]")
	b.set("#feast", "30/12")
	b.set("#before", "2")
	b.until("Tết is counted back from", "document.querySelector('[data-rule-preview]').innerText.includes('2 ngày trước 30 Tết')")
	b.press("[name=rhythm][value=market]")
	b.until("a market needs a day", "document.querySelector('[data-rule-preview] .wait') != null")
	b.set("#rstart", "2026-11-20")
	b.until("the market is told", "document.querySelector('[data-rule-preview]').innerText.includes('Cứ 5 ngày một lần')")
	b.picture("recur-market-360")

	// The page is lost: the draft brings back what was chosen.
	time.Sleep(600 * time.Millisecond)
	b.open(d.url + "/announcements/new")
	b.until("the draft is back", "document.querySelector('[name=rhythm]:checked').value == 'market' && document.querySelector('#rstart').value == '2026-11-20'")
	b.press("[data-go-on] button")
	b.until("the sheet is there", "document.querySelector('[data-else][open] [name=rhythm]').checkVisibility()")
	b.press("[name=rhythm][value=daily]")
	b.press("button[value=send]")
	b.until("it is sent", "location.search.includes('told=sent')")
	b.until("the schedule is in words", "document.querySelector('main').innerText.includes('Hằng ngày, buổi')")
	b.picture("recur-notice-360")

	b.press("a[href*='/schedules/']")
	b.until("its page is open", "document.querySelectorAll('input[name=do][value=leave-out]').length > 4")
	b.picture("recur-schedule-360")
	b.press("input[name=do][value=leave-out] ~ button")
	b.until("what falls away is shown", "document.querySelector('main').innerText.includes('Không còn trong lịch')")
	b.picture("foresee-left-out-360")
	b.until("the difference is shown", "document.querySelector('button[name=foreseen][value=save]') != null")
	b.press("button[name=foreseen][value=save]")
	b.until("a day is left out", "location.search.includes('told=left-out') && document.querySelector('main').innerText.includes('trừ')")
	b.screen(1280, 900)
	b.picture("recur-schedule-1280")
	b.press("input[name=do][value=include] ~ button")
	b.until("the difference is shown", "document.querySelector('button[name=foreseen][value=save]') != null")
	b.press("button[name=foreseen][value=save]")
	b.until("it is put back", "location.search.includes('told=included') && !document.querySelector('main').innerText.includes('trừ')")

	d.until("the plan offers it", func() bool { // it is made anew a moment after the day was put back
		b.open(d.url + "/plan?day=" + time.Now().AddDate(0, 0, 1).Format(time.DateOnly))
		return js[bool](b, "document.querySelector('.leave button') != null")
	})
	b.picture("recur-plan-1280")
	b.screen(360, 740)
	b.picture("recur-plan-360")
	b.press(".leave button")
	b.until("the difference is shown", "document.querySelector('button[name=foreseen][value=save]') != null")
	b.press("button[name=foreseen][value=save]")
	b.until("the day is left out", "location.pathname == '/plan' && location.search.includes('told=left-out')")
}
