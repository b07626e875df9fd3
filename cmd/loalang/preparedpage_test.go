package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// In quiet times a message is prepared on the phone, with a recording that goes to the
// board as soon as it is chosen; when it happens one tap fills the emergency page with it,
// another takes it out again, and held for two seconds it sounds as it was prepared.
func TestPreparedMessageInABrowser(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	b.signUp(d.setup)
	file := filepath.Join(t.TempDir(), "xa-lu-giay.m4a")
	if err := os.WriteFile(file, phone(t, "m4a", "-c:a", "aac").raw, 0o600); err != nil {
		t.Fatal(err)
	}

	b.open(d.url + "/templates/new?class=emergency")
	b.until("the form is there", "document.querySelector('[data-upload] input[name=file_pcc]')")
	b.fill("#name", "Xả lũ hồ")
	b.fill("#title", "Xả lũ")
	b.set("#text", "Hồ chứa đang xả lũ. Xin bà con rời bờ suối ngay.")
	js[bool](b, "(document.querySelectorAll('details').forEach((d) => { d.open = true; }), true)")
	b.attach(`input[name=file_pcc]:not([capture])`, file)
	b.until("the recording is taken in", "document.querySelector('input[name=take_pcc]').value.length == 64")
	b.set("#repeat", "2")
	js[bool](b, `(document.querySelector("input[name=siren][value='0']").click(), true)`)
	for _, width := range []int64{360, 1280} {
		b.screen(width, 740)
		b.picture(fmt.Sprintf("prepared-form-%d", width))
	}
	b.screen(360, 740)
	b.press("button[value=save]")
	b.until("it is kept", "location.search.includes('told=template-saved')")
	b.picture("prepared-list-360")

	b.open(d.url + "/emergency")
	b.until("the button is armed", "document.querySelector('[data-armed]')")
	if js[bool](b, "document.querySelector('[data-own=pcc] [data-recorded]').checkVisibility()") {
		t.Error("a recording is offered before a message is chosen")
	}
	choose := func(name string) {
		js[bool](b, fmt.Sprintf("([...document.querySelectorAll('input[name=what]')].find((r) => r.parentElement.innerText.includes(%q)).click(), true)", name))
	}
	choose("Xả lũ hồ")
	b.until("the page begins with what was prepared", `document.querySelector("#title").value == "Xả lũ" && document.querySelector("[data-own=pcc] [name=recorded]").checked
		&& document.querySelector("[data-own=pcc] [data-recorded]").checkVisibility() && document.querySelector("#repeat").value == "2" && document.querySelector("[name=siren][value='0']").checked`)
	for _, width := range []int64{320, 360, 1280} {
		b.screen(width, 740)
		b.picture(fmt.Sprintf("prepared-emergency-%d", width))
	}
	b.screen(360, 740)
	choose("Cháy")
	b.until("another takes its place", `!document.querySelector("[data-own=pcc] [name=recorded]").checked && document.querySelector("#repeat").value == "" && document.querySelector("[name=siren][value='1']").checked`)
	choose("Xả lũ hồ")
	b.until("it is chosen again", `document.querySelector("[data-own=pcc] [name=recorded]").checked`)
	js[bool](b, "(document.body.dataset.old = 1, location.reload(), true)")
	b.until("a page loaded anew shows it still", `!document.body.dataset.old && document.querySelector("[data-armed]") && document.querySelector("[data-own=pcc] [name=recorded]").checked && document.querySelector("[data-own=pcc] [data-recorded]").checkVisibility()`)
	js[bool](b, `(document.querySelector("[data-hold]").focus(), document.querySelector("[data-hold]").dispatchEvent(new KeyboardEvent("keydown", {key: " ", bubbles: true})), true)`)
	b.until("it sounds", "document.querySelector('.stop')")
	b.until("the page says how", "document.querySelector('#emergency-live').innerText.includes('Tiếng Giáy: bản ghi âm')")
	b.picture("prepared-live-360")
	js[bool](b, `(document.querySelector(".stop")?.click(), true)`)
}
