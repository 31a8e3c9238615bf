package report

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browsing is one Chromium for the tests of the package, started by the first.
var browsing struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if browsing.stop != nil {
		browsing.stop()
	}
	os.Exit(code)
}

// tab opens a page in Chromium; what it complains of or asks the network for is
// an error of the test. Without a Chromium the test is skipped, or fails where
// $BGCHECK_REQUIRE_CHROMIUM is set.
func tab(t *testing.T, html string, width, height int64) context.Context {
	t.Helper()
	found := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			found = path
			break
		}
	}
	if found == "" {
		if os.Getenv("BGCHECK_REQUIRE_CHROMIUM") != "" {
			t.Fatal("there is no Chromium here: ci/setup.sh chromium installs one")
		}
		t.Skip("there is no Chromium here: ci/setup.sh chromium installs one")
	}
	browsing.once.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(found), chromedp.Flag("lang", "en"))
		if os.Getuid() == 0 {
			options = append(options, chromedp.NoSandbox) // Chromium asks for it
		}
		allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, cancel := chromedp.NewContext(allocator)
		browsing.ctx, browsing.stop = ctx, func() { cancel(); end() }
		browsing.err = chromedp.Do(ctx)
	})
	try(t, browsing.err)
	ctx, cancel := chromedp.NewContext(browsing.ctx)
	t.Cleanup(cancel)
	file := filepath.Join(t.TempDir(), "report.html")
	try(t, os.WriteFile(file, []byte(html), 0o644))
	address := (&url.URL{Scheme: "file", Path: file}).String()
	var mu sync.Mutex
	var wrong []string
	note := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		wrong = append(wrong, fmt.Sprintf(format, args...))
	}
	try(t, chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			note("exception: %s", e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			note("console: %s", e.Type)
		case *log.EventEntryAdded:
			note("log: %s", e.Entry.Text)
		case *cdpage.EventJavascriptDialogOpening:
			note("dialog: %s", e.Message)
		case *network.EventRequestWillBeSent:
			if at, _, _ := strings.Cut(e.Request.URL, "#"); at != address && !strings.HasPrefix(at, "data:") {
				note("request: %s", e.Request.URL)
			}
		}
	}))
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, text := range wrong {
			t.Error(text)
		}
	})
	call(t, ctx, network.Enable, network.EnableParams{})
	call(t, ctx, log.Enable, cdp.Empty{})
	do(t, ctx, chromedp.EmulateViewport(width, height), chromedp.Navigate(address), chromedp.WaitReady(chromedp.CSS("footer")))
	return ctx
}

func do(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	try(t, chromedp.Do(ctx, actions...))
}

func call[P, R any](t *testing.T, ctx context.Context, command cdp.Command[P, R], params P) R {
	t.Helper()
	answer, err := chromedp.Call(ctx, command, params)
	try(t, err)
	return answer
}

// ask evaluates an expression in the page.
func ask[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	try(t, err)
	return answer
}

// scheme sets what the user prefers.
func scheme(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	call(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
}

// several is a page with everything on it.
func several(t *testing.T) string {
	t.Helper()
	good := on(four(t), "4.2.1")
	good.Checks = good.Checks[:6]
	other := sample()
	other.Checks = append(other.Checks, Result{Name: "source/context", Verdict: Warn, Seen: "a line", Diagnosis: "it is seldom right"})
	return pageOf(t, lived(t), good, other)
}

func TestNothingOfAnAddOnRunsInTheBrowser(t *testing.T) {
	ctx := tab(t, pageOf(t, hostile()), 1100, 900)
	if ask[bool](t, ctx, "window.bad === 1 || document.querySelectorAll('img').length > 0") {
		t.Error("text of the add-on became markup")
	}
	if n := ask[int](t, ctx, "document.querySelectorAll('script').length"); n != 1 {
		t.Errorf("%d scripts", n)
	}
}

func TestThePageFitsAPhone(t *testing.T) {
	for name, html := range map[string]string{"one record": pageOf(t, four(t)), "several": several(t), "hostile": pageOf(t, hostile())} {
		ctx := tab(t, html, 360, 740)
		if width := ask[int](t, ctx, "document.documentElement.scrollWidth"); width > 360 {
			t.Errorf("%s: %d pixels wide", name, width)
		}
	}
}

// contrast are the texts whose colour stands out too little from what is behind:
// less than 4.5 to 1, as WCAG 2 asks at level AA.
const contrast = `(function () {
  function parts(c) { var m = c.match(/[\d.]+/g).map(Number); return m.length < 4 ? m.concat(1) : m; }
  function light(c) {
    var l = c.slice(0, 3).map(function (v) { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
  }
  function behind(e) {
    for (; e; e = e.parentElement) { var c = parts(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; }
    return [255, 255, 255, 1];
  }
  document.querySelectorAll("details").forEach(function (d) { d.open = true; });
  var bad = {}, walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), node, n = 0;
  while ((node = walker.nextNode())) {
    var e = node.parentElement;
    if (!node.data.trim() || e.tagName === "SCRIPT" || !e.getClientRects().length) continue;
    n++;
    var s = getComputedStyle(e);
    var a = light(parts(e.closest("svg") ? s.fill : s.color)), b = light(behind(e));
    var ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad[e.tagName + "." + e.className + " " + ratio.toFixed(2)] = node.data.trim().slice(0, 40);
  }
  if (n < 50) bad.texts = n + " texts were looked at";
  return JSON.stringify(bad);
})()`

func TestTextStandsOutInLightAndDark(t *testing.T) {
	ctx := tab(t, several(t), 1100, 900)
	seen := map[string]bool{}
	for _, name := range []string{"light", "dark"} {
		scheme(t, ctx, name)
		if bad := ask[string](t, ctx, contrast); bad != "{}" {
			t.Errorf("%s: %s", name, bad)
		}
		seen[ask[string](t, ctx, "getComputedStyle(document.body).backgroundColor")] = true
	}
	if len(seen) != 2 {
		t.Error("light and dark are the same")
	}
}

func TestControlsAndRegionsHaveNames(t *testing.T) {
	ctx := tab(t, several(t), 1100, 900)
	roles := map[string]bool{"button": true, "link": true, "searchbox": true, "region": true, "table": true, "DisclosureTriangle": true, "image": true}
	nodes := call(t, ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes
	found := map[string]int{}
	for _, node := range nodes {
		if node.Ignored || node.Role == nil {
			continue
		}
		role := strings.Trim(string(node.Role.Value), `"`)
		found[role]++
		if roles[role] && role != "table" && (node.Name == nil || strings.Trim(string(node.Name.Value), `" `) == "") {
			t.Errorf("a %s without a name", role)
		}
	}
	for _, role := range []string{"button", "link", "searchbox", "region", "DisclosureTriangle"} {
		if found[role] == 0 {
			t.Errorf("no %s was looked at: %v", role, found)
		}
	}
	if twice := ask[string](t, ctx, `(function () { var seen = {}, twice = [];
		document.querySelectorAll("[id]").forEach(function (e) { if (seen[e.id]) twice.push(e.id); seen[e.id] = true; });
		document.querySelectorAll("a[href^='#']").forEach(function (a) { if (!document.getElementById(a.getAttribute("href").slice(1))) twice.push(a.href); });
		return twice.join(" "); })()`); twice != "" {
		t.Errorf("ids that are there twice, or links to nothing: %s", twice)
	}
}

func TestThePageIsUsedByKeyboard(t *testing.T) {
	ctx := tab(t, pageOf(t, lived(t)), 1100, 900)
	do(t, ctx, chromedp.KeyEvent("\t"))
	if at := ask[string](t, ctx, "document.activeElement.className"); at != "jump" {
		t.Errorf("the first stop is %q", at)
	}
	want := ask[int](t, ctx, "document.querySelectorAll('a[href], button, summary, input, [tabindex=\"0\"]').length")
	reached := map[string]bool{}
	for range want + 20 {
		// A fold is opened, so that what is in it can be reached.
		at := ask[string](t, ctx, `(function () { var e = document.activeElement;
			if (!e.dataset.n) e.dataset.n = document.querySelectorAll("[data-n]").length + 1;
			return e.tagName + e.dataset.n + (e.tagName === "SUMMARY" && !e.parentElement.open ? " closed" : ""); })()`)
		if !strings.HasPrefix(at, "BODY") {
			reached[strings.TrimSuffix(at, " closed")] = true
		}
		if strings.HasSuffix(at, " closed") {
			do(t, ctx, chromedp.KeyEvent("\r"))
		}
		do(t, ctx, chromedp.KeyEvent("\t"))
	}
	if len(reached) < want {
		t.Errorf("%d of %d controls were reached", len(reached), want)
	}
	if n := ask[int](t, ctx, "document.querySelectorAll('details:not([open])').length"); n > 0 {
		t.Errorf("%d folds were not opened by Enter", n)
	}
}

func TestAMomentOfALifeIsReadByKeyboard(t *testing.T) {
	ctx := tab(t, pageOf(t, lived(t)), 375, 740)
	do(t, ctx, chromedp.Focus(chromedp.CSS("input[type=range]")))
	for range 30 {
		do(t, ctx, chromedp.KeyEvent(kb.ArrowRight))
	}
	said := ask[string](t, ctx, "document.querySelector('.when output').textContent")
	if !strings.Contains(said, "% CPU") || !strings.Contains(said, "before it, ") {
		t.Errorf("%q", said)
	}
	if x := ask[string](t, ctx, "document.querySelector('.cursor').getAttribute('x1')"); x == "0" {
		t.Error("the line across the drawing has not moved")
	}
	if small := ask[string](t, ctx, `Array.from(document.querySelectorAll(".course text")).filter(function (e) {
		var r = e.getBoundingClientRect();
		return r.width > 0 && (parseFloat(getComputedStyle(e).fontSize) < 11 || r.right > 376 || r.left < -1 || r.height < 9);
	}).map(function (e) { return e.textContent; }).join(", ")`); small != "" {
		t.Errorf("too small, or beyond the edge, at 375 pixels: %s", small)
	}
}

func TestChecksAreFilteredAndLinesCopied(t *testing.T) {
	ctx := tab(t, pageOf(t, four(t)), 1100, 900)
	do(t, ctx, chromedp.SendKeys(chromedp.CSS("input[type=search]"), "sigterm"))
	if said := ask[string](t, ctx, "document.querySelector('[role=status]').textContent"); !strings.HasSuffix(said, " of 39") || strings.HasPrefix(said, "0 ") {
		t.Errorf("%q", said)
	}
	do(t, ctx, chromedp.Click(chromedp.CSS(".code button")), chromedp.WaitVisible(chromedp.Search(`//button[text()="Copied" or text()="Select it by hand"]`)))
}

func TestThePageIsPrintedUnfolded(t *testing.T) {
	ctx := tab(t, pageOf(t, lived(t)), 1100, 900)
	ask[bool](t, ctx, "window.dispatchEvent(new Event('beforeprint'))")
	if n := ask[int](t, ctx, "document.querySelectorAll('details:not([open]):not(.events)').length"); n > 0 {
		t.Errorf("%d folds are closed on paper", n)
	}
	data, err := chromedp.Run(ctx, chromedp.PrintToPDF())
	try(t, err)
	if len(data) < 10_000 {
		t.Errorf("a PDF of %d bytes", len(data))
	}
}

// TestScreenshotsOfTheReadme writes them anew with -update: they are looked at by
// people, and differ from one Chromium and its fonts to the next.
func TestScreenshotsOfTheReadme(t *testing.T) {
	if !*update {
		t.Skip("only with -update")
	}
	good := four(t)
	var checks []Result
	for _, check := range good.Checks {
		if check.Verdict == Pass {
			checks = append(checks, check)
		}
	}
	good.Checks, good.Target = checks, "studio_notes"
	for name, r := range map[string]*Report{"failing": four(t), "passing": good} {
		ctx := tab(t, pageOf(t, r), 900, 760)
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		try(t, err)
		try(t, os.WriteFile(filepath.Join("page", name+".png"), png, 0o644))
	}
}
