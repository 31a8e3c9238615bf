package checks

import (
	"testing"

	"github.com/bgcheck/bgcheck/harness/explain"
)

func TestAScriptThatEnablesTheAddOnByANameThatIsNearlyRightIsSeenBehindOurs(t *testing.T) {
	t.Parallel()
	ours := explain.Event{Event: "enable", Addon: "my_addon", OK: true}
	for what, one := range map[string]struct {
		script []explain.Event
		want   string
	}{
		"nothing of the script's":            {},
		"a letter too few":                   {[]explain.Event{{Event: "enable", Addon: "my_adon"}}, "my_adon"},
		"the folder's name, with a dash":     {[]explain.Event{{Event: "enable", Addon: "my-addon"}}, "my-addon"},
		"another add-on that is not there":   {[]explain.Event{{Event: "enable", Addon: "node_wrangler"}}, ""},
		"an extension's name, then this one": {[]explain.Event{{Event: "enable", Addon: "bl_ext.user_default.my_addon"}}, ""},
		"a wrong name, then the right one":   {[]explain.Event{{Event: "enable", Addon: "my-addon"}, ours}, ""},
		"the right name again":               {[]explain.Event{ours}, ""},
		"one that the factory settings have": {[]explain.Event{{Event: "enable", Addon: "my_addons", OK: true}}, ""},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			in, hidden := hiddenByOurs(append([]explain.Event{ours}, one.script...), "my_addon")
			if in.Addon != one.want && hidden || hidden != (one.want != "") {
				t.Errorf("%q, %v; want %q", in.Addon, hidden, one.want)
			}
		})
	}
}
