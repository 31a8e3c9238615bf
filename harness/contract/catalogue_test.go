package contract

import (
	"regexp"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/target"
)

func TestTheCatalogueSaysEverythingOfEachCheck(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+/[a-z]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, check := range Catalogue() {
		if !form.MatchString(check.Name) {
			t.Errorf("%q is not area/statement", check.Name)
		}
		if seen[check.Name] {
			t.Errorf("%s is there twice", check.Name)
		}
		seen[check.Name] = true
		for what, text := range map[string]string{"True": check.True, "Why": check.Why, "How": check.How, "Fix": check.Fix} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no text %s", check.Name, what)
			}
		}
		if check.Run == nil {
			t.Errorf("%s judges nothing", check.Name)
		}
		if found, ok := Find(check.Name); !ok || found.Name != check.Name {
			t.Errorf("%s is not found by its name", check.Name)
		}
	}
	for _, texts := range []map[string]words{explained, explainedToo} {
		for name := range texts {
			if !seen[name] {
				t.Errorf("there are texts for %s, and no such check", name)
			}
		}
	}
}

func TestAreasHoldTheWholeCatalogue(t *testing.T) {
	count := 0
	for _, area := range Areas() {
		count += len(Area(area))
	}
	if count != len(Catalogue()) {
		t.Errorf("the areas %v hold %d checks of %d", Areas(), count, len(Catalogue()))
	}
}

func TestRunAllRefusesANameThatIsNoCheck(t *testing.T) {
	_, err := RunAll(t.Context(), Config{Target: &target.Target{}}, "alive/stay")
	if err == nil || !strings.Contains(err.Error(), `"alive/stay"`) || !strings.Contains(err.Error(), "alive") {
		t.Errorf("got %v", err)
	}
}

func TestRunAllJudgesAnArea(t *testing.T) {
	results, err := RunAll(t.Context(), Config{
		Target:  &target.Target{Echo: &target.Exchange{Request: `{"message": "{message}"}`}},
		Backend: &fake{}, Out: t.TempDir(),
	}, "exec")
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != len(Area("exec")) {
		t.Errorf("%d results for %d checks", len(results), len(Area("exec")))
	}
}
