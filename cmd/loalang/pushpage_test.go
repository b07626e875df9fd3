package main_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	owner "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
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
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// Somebody lets a phone be told, is told what hinders it, and tries it.
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
}
