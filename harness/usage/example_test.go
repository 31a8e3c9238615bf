package usage_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/bgcheck/bgcheck/harness/usage"
)

func ExampleRecorder() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	recorder, err := usage.RecordTree(os.Getpid(), 10*time.Millisecond)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer recorder.Stop()
	quiet, err := recorder.Watch(ctx, 50*time.Millisecond)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(quiet.Samples > 1, quiet.Memory.Max >= quiet.Memory.Min)
	// Output: true true
}
