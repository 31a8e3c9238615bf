package explain

import "testing"

func TestTheLastExceptionOfALogIsFound(t *testing.T) {
	log := []string{
		"Traceback (most recent call last):", `  File "a.py", line 1, in <module>`, "ValueError: one", "",
		"During handling of the above exception, another exception occurred:", "",
		"Traceback (most recent call last):", `  File "a.py", line 2, in <module>`, "    x()", "    ^^^", "my.module.OddError: two", "Blender quit",
	}
	if got := Raised(log); got != "my.module.OddError: two" {
		t.Errorf("got %q", got)
	}
	blender := []string{"Error: Python: Traceback (most recent call last):", `  File "a.py", line 1, in <module>`, "ValueError: register_class(...): twice"}
	if got := Raised(blender); got != "ValueError: register_class(...): twice" {
		t.Errorf("as Blender prints it: got %q", got)
	}
	if got := Raised([]string{"no trace", "ValueError: not raised"}); got != "" {
		t.Errorf("got %q", got)
	}
}
