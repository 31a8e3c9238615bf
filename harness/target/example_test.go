package target_test

import (
	"errors"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/target"
)

func ExampleLoad() {
	t, err := target.Load("testdata/examples/jsonl")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Name, t.Launch.Start, t.Service.Protocol)
	fmt.Println(t.Echo.Request)
	fmt.Println(t.Budgets.Ready, t.Supports("4.3.2"))
	// Output:
	// my_addon my_addon:serve tcp-jsonl
	// {"method": "echo", "params": ["{message}"], "id": 1}
	// 30s true
}

func ExampleErrors() {
	_, err := target.Load("testdata/wrong/launch-conflicts.yaml")
	var mistakes *target.Errors
	if errors.As(err, &mistakes) {
		for _, m := range mistakes.Problems {
			fmt.Printf("line %d, column %d: %s\n", m.Line, m.Column, m.Message)
		}
	}
	// Output:
	// line 4, column 10: launch has both script and start; expected one: the script starts the service itself, or our launcher calls start
	// line 5, column 15: launch.async_loop names module "my_addon.async_lop", but ./my_addon beside the file has no module "async_lop"; expected a .py file or a folder there; did you mean "async_loop"?
}
