package checks

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/target"
)

func TestTheCatalogueSaysEverythingOfEachCheck(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+/[a-z]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, check := range All() {
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
		if file := strings.NewReplacer("/", "_", "-", "_").Replace(check.Name) + ".go"; !exists(file) {
			t.Errorf("%s is not in a file of its name, %s", check.Name, file)
		}
		if found, ok := Find(check.Name); !ok || found.Name != check.Name {
			t.Errorf("%s is not found by its name", check.Name)
		}
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func TestAreasHoldTheWholeCatalogue(t *testing.T) {
	count := 0
	for _, area := range Areas() {
		count += len(Area(area))
	}
	if count != len(All()) {
		t.Errorf("the areas %v hold %d checks of %d", Areas(), count, len(All()))
	}
}

func TestRunAllRefusesANameThatIsNoCheck(t *testing.T) {
	_, err := RunAll(t.Context(), contract.Config{Target: &target.Target{}}, "alive/stay")
	if err == nil || !strings.Contains(err.Error(), `"alive/stay"`) || !strings.Contains(err.Error(), "alive") {
		t.Errorf("got %v", err)
	}
}

func TestRunAllJudgesAnArea(t *testing.T) {
	results, err := RunAll(t.Context(), contract.Config{
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
