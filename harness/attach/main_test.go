package attach

import (
	"os"
	"testing"

	"github.com/bgcheck/bgcheck/harness/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }
