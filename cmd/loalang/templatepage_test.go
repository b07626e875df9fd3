package main_test

import (
	"fmt"
	"testing"
	"time"
)

// set enters a value as a person does who then goes on to the next field.
func (b *browser) set(css, value string) {
	b.t.Helper()
	js[bool](b, fmt.Sprintf("(() => { const f = document.querySelector(%q); f.value = %q; for (const what of ['input', 'change']) f.dispatchEvent(new Event(what, { bubbles: true })); return true; })()", css, value))
}

// The story of a notice from a template: choose, fill in with the phone's own
// fields, see the notice write itself, lose the page, find everything again, send;
// then change the template for the village.
func TestTemplatePage(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	b.open(d.setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()

	b.open(d.url + "/announcements/new")
	b.picture("template-choose-360")
	b.until("the sheets are ready", "document.querySelector('[data-ready]')")
	b.press("[name=pick][value=cat-dien]")
	b.until("the blanks are there", "document.querySelector('[name=\"blank:ngày cắt điện\"]')?.type == 'date' && document.querySelector('#text').value.includes('[giờ: giờ cắt điện]')")
	b.set("[name='blank:ngày cắt điện']", "2026-11-20")
	b.until("the past is told of", "document.querySelector('[data-blanks]').innerText.includes('đã qua')")
	b.set("[name='blank:giờ cắt điện']", "07:30")
	b.set("[name='blank:giờ có điện lại']", "11:00")
	b.set("[name='blank:số của điện lực']", "12345")
	b.until("the number is refused", "document.querySelector('[data-blanks]').innerText.includes('Không phải số điện thoại')")
	b.until("the notice writes itself", "document.querySelector('#title').value == 'Tạm ngừng cấp điện thứ Sáu, ngày 20/11/2026' && document.querySelector('#text').value.includes('từ 7 giờ 30 đến 11 giờ, thứ Sáu')")
	b.picture("template-fill-360")

	// The page is lost: the draft brings back the words and the fields.
	time.Sleep(600 * time.Millisecond) // the draft is kept 0.4 s after the last change
	b.open(d.url + "/announcements/new")
	b.until("it offers to go on", "document.querySelector('[data-go-on]').innerText.includes('Tạm ngừng cấp điện')")
	b.press("[data-go-on] button")
	b.until("everything is back", "document.querySelector('[name=\"blank:giờ cắt điện\"]')?.value == '07:30' && document.querySelector('#text').value.includes('từ 7 giờ 30')")

	// Own words beside the blanks stay.
	js[bool](b, "(() => { const f = document.querySelector('#text'); f.value = f.value.replace('Xin cảm ơn bà con.', 'Rất mong bà con thông cảm.'); f.dispatchEvent(new Event('input', { bubbles: true })); return true; })()")
	b.set("[name='blank:khu vực mất điện']", "xóm Đồi")
	b.set("[name='blank:lý do cắt điện']", "thay cột điện")
	b.set("[name='blank:ngày cắt điện']", "2027-03-01")
	b.until("both are there", "(t => t.includes('tại xóm Đồi') && t.includes('thông cảm') && t.includes('thứ Hai, ngày 1/3/2027'))(document.querySelector('#text').value)")

	// With a blank left it is not sent; nothing is lost.
	b.press("[data-sheet=write] button.btn")
	b.until("the blank is named", "document.querySelector('#text-fault')?.innerText.includes('[điện thoại: số của điện lực]')")
	b.picture("template-fault-360")
	b.set("[name='blank:số của điện lực']", "0214 384 0123")
	b.until("the last is filled in", "document.querySelector('#text').value.includes('số 0214 384 0123')")
	b.sheet("send")
	b.press("[name=when][value=later]")
	b.press("button[value=send]")
	b.until("it is sent", "location.search.includes('told=kept')")

	b.changedTemplate(d)
}

// changedTemplate changes the template, which then asks for less.
func (b *browser) changedTemplate(d *daemon) {
	b.t.Helper()
	b.open(d.url + "/templates")
	b.picture("templates-360")
	b.screen(1280, 800)
	b.picture("templates-1280")
	b.open(d.url + "/templates/cat-dien")
	b.picture("template-edit-1280")
	b.screen(360, 740)
	b.picture("template-edit-360")
	b.clear("#text")
	b.set("#text", "Mất điện từ [giờ: giờ cắt")
	b.until("the bracket is told of", "document.querySelector('#example').innerText.includes('chưa đóng')")
	b.set("#text", "Mất điện từ [giờ: giờ cắt điện].")
	b.until("it is read", "document.querySelector('#example').innerText.includes('mười chín giờ ba mươi phút')")
	b.press("button[value=save]")
	b.until("it is saved", "location.search.includes('told=template-saved')")
	b.open(d.url + "/announcements/new?template=cat-dien")
	b.until("the village's copy is used", "document.querySelector('#text').value == 'Mất điện từ [giờ: giờ cắt điện].'")
	b.screen(1280, 800)
	b.picture("template-fill-1280")
}
