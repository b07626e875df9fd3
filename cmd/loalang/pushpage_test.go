package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	owner "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"loalang/push/pushtest"
)

// lets has the browser's owner allow notifications, or forbid them.
func (b *browser) lets(setting owner.PermissionSetting) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, owner.SetPermission, owner.SetPermissionParams{Permission: &owner.PermissionDescriptor{Name: "notifications"}, Setting: setting})
		return err
	}))
}

// subscribable gives the pages to come a push service: Chromium has one on the Internet
// alone. What stands in for it keeps one subscription, as the browser does.
func (b *browser) subscribable(endpoint string, keys pushtest.Browser) {
	b.t.Helper()
	script := fmt.Sprintf(`{
	  const shape = (s) => s && {
	    endpoint: s.endpoint, options: { userVisibleOnly: true, applicationServerKey: Uint8Array.from(s.key).buffer },
	    toJSON: () => ({ endpoint: s.endpoint, expirationTime: null, keys: { p256dh: %q, auth: %q } }),
	    unsubscribe: async () => (localStorage.removeItem("subscription"), true),
	  };
	  PushManager.prototype.getSubscription = async () => shape(JSON.parse(localStorage.getItem("subscription") ?? "null"));
	  PushManager.prototype.subscribe = async function (o) {
	    if (!o.userVisibleOnly || o.applicationServerKey.length != 65) throw new Error("no push service takes that");
	    localStorage.setItem("subscription", JSON.stringify({ endpoint: %q, key: [...o.applicationServerKey] }));
	    return this.getSubscription();
	  };
	}`, keys.Key(), keys.Auth(), endpoint)
	b.before(script)
}

// worker is the registration of the board's service worker.
func (b *browser) worker() serviceworker.RegistrationID {
	b.t.Helper()
	there := func(e serviceworker.EventWorkerRegistrationUpdated) bool { return len(e.Registrations) > 0 }
	e, err := chromedp.Run(b.ctx, chromedp.WaitEvent(serviceworker.WorkerRegistrationUpdated, there, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, serviceworker.Enable, cdp.Empty{})
		return err
	})))
	if err != nil {
		b.t.Fatal(err)
	}
	return e.Registrations[0].RegistrationID
}

// pushed hands the service worker a message, as the browser does with one that it opened.
func (b *browser) pushed(worker serviceworker.RegistrationID, message string) {
	b.t.Helper()
	origin := js[string](b, "location.origin")
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: origin, RegistrationID: worker, Data: message})
		return err
	}))
}

// shows pushes a message until the notifications, one a line, are these: the tools of
// Chromium drop what comes while the worker is being started.
func (b *browser) shows(worker serviceworker.RegistrationID, message string, want ...string) {
	b.t.Helper()
	const all = `(navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((all) => { window.shown = all.map((x) => [x.title, x.body, x.tag, x.lang, x.data].join(" | ")).sort().join("\n"); }), window.shown ?? "")`
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		b.pushed(worker, message)
		for range 50 {
			if js[string](b, all) == strings.Join(want, "\n") {
				return
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
	b.t.Fatalf("shown: %s, want %s", js[string](b, all), strings.Join(want, "\n"))
}

// within evaluates an expression in the service worker and waits for what it promises: the
// worker is let go of then, and what is still on its way may be lost.
func (b *browser) within(expression string) {
	b.t.Helper()
	all, err := chromedp.Targets(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, one := range all {
		if one.Type != "service_worker" {
			continue
		}
		ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(one.TargetID))
		defer cancel()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](expression, chromedp.EvalAwaitPromise)); err != nil {
			b.t.Fatal(err)
		}
		return
	}
	b.t.Fatal("there is no service worker")
}

// Somebody lets a phone be told, is told what hinders it, tries it, moves to another
// address and ends it; what comes is shown, and the newest of a notice in place of the
// one before.
func TestPushInABrowser(t *testing.T) {
	t.Parallel()
	keys, err := pushtest.New()
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	both := func(name string) {
		b.picture(name + "-360")
		b.screen(1280, 800)
		b.picture(name + "-1280")
		b.screen(360, 740)
	}
	b.signUp(d.setup)
	told := func(words string) string {
		return `document.querySelector("#push-error").checkVisibility() && document.querySelector("#push-error").innerText.includes("` + words + `")`
	}
	b.lets(owner.PermissionSettingDenied)
	b.open(d.url + "/account/news")
	b.until("it can be switched on", `document.querySelector("#push-on").checkVisibility()`)
	both("push-none")
	b.press("#push-on")
	b.until("it is told that the browser forbids it", told("đang chặn thông báo"))
	both("push-forbidden")

	b.lets(owner.PermissionSettingGranted)
	b.press("#push-on")
	b.until("it is told that there is no Internet", told("cần có Internet")) // Chromium's own push service
	both("push-offline")

	b.subscribable("https://203.0.113.9/"+strings.Repeat("a", 40), keys)
	b.open(d.url + "/account/news")
	b.until("it can be switched on", `document.querySelector("#push-on").checkVisibility()`)
	b.press("#push-on")
	b.until("this phone is told", `document.querySelector("#push-here").checkVisibility() && document.querySelectorAll(".rows li").length == 1`)
	if js[bool](b, `document.querySelector("#push-on").checkVisibility() || document.querySelector("#push-cannot").checkVisibility()`) {
		t.Error("it is offered once more, or told that it cannot be")
	}
	both("push")
	b.press(`form[action$="/trial"] button`)
	b.until("a service that cannot be reached is told", `location.search.includes("refused=push-failed") && document.querySelector("main")`)
	both("push-failed")

	b.until("the service worker is at work", "navigator.serviceWorker.controller?.state == 'activated'")
	worker := b.worker()
	letter := func(title, tag string) string {
		raw, err := json.Marshal(map[string]string{"title": title, "body": "17:00 hôm nay. Đã phát đủ.", "path": "/announcements/1", "tag": tag, "lang": "vi"})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	const waits = "Chờ duyệt: Tiêm phòng | 17:00 hôm nay. Đã phát đủ. | wait/2 | vi | /announcements/1"
	b.shows(worker, letter("Đã phát: Họp thôn", "run/1"), "Đã phát: Họp thôn | 17:00 hôm nay. Đã phát đủ. | run/1 | vi | /announcements/1")
	b.shows(worker, letter("Chờ duyệt: Tiêm phòng", "wait/2"), waits, "Đã phát: Họp thôn | 17:00 hôm nay. Đã phát đủ. | run/1 | vi | /announcements/1")
	b.shows(worker, letter("Không phát trọn vẹn: Họp thôn", "run/1"), waits, "Không phát trọn vẹn: Họp thôn | 17:00 hôm nay. Đã phát đủ. | run/1 | vi | /announcements/1") // in place of the one before

	b.within(`moved(null, { endpoint: "https://203.0.113.9/moved", keys: { p256dh: "` + keys.Key() + `", auth: "` + keys.Auth() + `" } })`)
	b.until("the board knows the other address", `(fetch("/api/v1/account/pushes").then((a) => a.json()).then((all) => { window.pushes = all.pushes.length; }), window.pushes == 2)`)

	b.open(d.url + "/account/news")
	for n := 1; n >= 0; n-- {
		b.until("the list is there", fmt.Sprintf(`document.querySelectorAll(".rows li").length == %d`, n+1))
		b.press(`form[action$="/remove"] button`)
	}
	b.until("nobody is told any more, and it can be switched on", `!document.querySelector(".rows li") && document.querySelector("#push-on").checkVisibility()`)
}
