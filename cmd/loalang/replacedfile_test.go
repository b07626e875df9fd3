package main_test

import (
	"net/http"
	"testing"
)

// TestAnotherTemplateLeavesTheRecordingBehind: a notice was begun with a recording; then
// another template took the place of its words, and the recording of the first went with
// the words of the second. What was recorded goes with the words that it is for, and comes
// back with them; what is still on its way does not come in under the new ones.
func TestAnotherTemplateLeavesTheRecordingBehind(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.uploadless()
	b.cadre(d)
	const take = "document.querySelector('[name=take_pcc]').value"
	const key = "document.querySelector('[name=key]').value"
	const field = `[data-tongue] input[name=file_pcc]:not([capture])`
	pick := func(code string) {
		js[bool](b, "(document.querySelector('button[name=pick][value="+code+"]').click(), true)")
	}

	b.open(d.url + "/announcements/new")
	b.sheet("write")
	b.fill("#title", "Tiêm phòng")
	b.fill("#text", notice)
	b.sheet("send")
	b.attach(field, lasting(t, "trau-bo.m4a", 4, "volume=-16dB", "-c:a", "aac"))
	b.until("the recording is there", take+".length == 64")
	first := js[string](b, key)
	pick("hop-thon")
	b.until("the template is there", "document.querySelector('[data-blanks-of]')")
	if got := js[string](b, take); got != "" {
		t.Errorf("the recording of the first notice is in the second: %s", got)
	}
	if js[string](b, key) == first {
		t.Error("the second notice has the key of the first")
	}
	b.until("it can be brought back", "document.querySelector('[data-replaced-told] button').checkVisibility()")
	b.picture("new-replaced-360")
	b.press("[data-replaced-told] button")
	b.until("words and recording are back", `document.querySelector("#title").value == "Tiêm phòng" && `+take+`.length == 64 && `+key+` == "`+first+`" && document.querySelector("[data-tongue] [data-id]")`)

	js[bool](b, "(localStorage.cut = 1, true)")
	b.attach(field, lasting(t, "trau-bo-2.m4a", 5, "volume=-16dB", "-c:a", "aac"))
	b.until("another is on its way", "document.querySelector('[data-tongue] [data-import]')?.innerText.includes('tự gửi lại')")
	pick("cat-dien")
	b.until("another template is there", "document.querySelector('[data-replaced-told]').checkVisibility()")
	js[bool](b, "(localStorage.removeItem('cut'), dispatchEvent(new Event('online')), true)")
	b.settled()
	if js[bool](b, "!!"+take+" || !!document.querySelector('[data-tongue] [data-import]')") {
		t.Error("what was on its way for the first notice came into the second")
	}
	b.press("[data-replaced-told] button")
	b.until("it goes on with the words it is for", take+".length == 64 && document.querySelector('[data-tongue]:has([name=take_pcc]) [data-taken]').innerText.includes('trau-bo-2')")
	d.stop()
}

// TestAPreparedMessageWaitsForItsFile: a prepared message was saved while its recording was
// on its way, and was kept without: in the emergency nobody would have heard it.
func TestAPreparedMessageWaitsForItsFile(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.uploadless()
	b.cadre(d)
	b.open(d.url + "/templates/new?class=emergency")
	b.until("the form is there", "document.querySelector('[data-upload] input[name=file_pcc]')")
	b.fill("#name", "Xả lũ hồ")
	b.fill("#title", "Xả lũ")
	b.set("#text", "Hồ chứa đang xả lũ. Xin bà con rời bờ suối ngay.")
	js[bool](b, "(localStorage.cut = 1, document.querySelectorAll('details').forEach((d) => { d.open = true; }), true)")
	b.attach(`input[name=file_pcc]:not([capture])`, lasting(t, "xa-lu.m4a", 4, "volume=-16dB", "-c:a", "aac"))
	b.until("it is on its way", "document.querySelector('[data-import]')?.innerText.includes('tự gửi lại')")
	b.press("button[value=save]")
	b.until("what lacks is told", "document.querySelector('[data-held]').checkVisibility() && document.querySelector('[data-held]').innerText.includes('Giáy')")
	b.picture("prepared-held-360")
	js[bool](b, "(localStorage.removeItem('cut'), dispatchEvent(new Event('online')), true)")
	b.until("the file is there", "document.querySelector('[name=take_pcc]').value.length == 64 && document.querySelector('[data-held]').hidden")
	b.press("button[value=save]")
	b.until("it is kept", "location.search.includes('told=template-saved')")
	kept := map[string]any{}
	for _, one := range d.call(http.MethodGet, "/templates", nil, http.StatusOK)["templates"].([]any) {
		if one := one.(map[string]any); one["name"] == "Xả lũ hồ" {
			kept = one
		}
	}
	if said, _ := kept["messages"].([]any); len(said) != 1 || len(said[0].(map[string]any)["recording"].(string)) != 64 {
		t.Errorf("the message was kept without its recording: %v", kept)
	}
	d.stop()
}
