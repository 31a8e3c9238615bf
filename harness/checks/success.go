package checks

import (
	"context"
	"encoding/json"

	"github.com/bgcheck/bgcheck/harness/contract"
)

// success is what the replies to good requests have in common.
type success struct {
	keys  map[string]bool
	marks map[string]any
}

// successOf learns it from two good requests. A service without an echo, or
// whose replies are no JSON objects, teaches nothing.
func successOf(ctx context.Context, s *contract.Session, life *contract.Life) (success, error) {
	var seen [2]map[string]any
	for i := range seen {
		reply, err := life.Reply(ctx)
		if err != nil {
			return success{}, err
		}
		if json.Unmarshal(reply, &seen[i]) != nil {
			return success{}, nil
		}
	}
	learned := success{keys: map[string]bool{}, marks: map[string]any{}}
	for key, value := range seen[0] {
		learned.keys[key] = true
		switch value.(type) {
		case string, bool, float64:
			if seen[1][key] == value {
				learned.marks[key] = value
			}
		}
	}
	return learned, nil
}

// is says whether a reply to a broken request looks like one to a good one:
// the same keys, and the same values where those are always the same.
func (k success) is(reply []byte) bool {
	var value map[string]any
	if len(k.marks) == 0 || json.Unmarshal(reply, &value) != nil || len(value) != len(k.keys) {
		return false
	}
	for key := range k.keys {
		if _, ok := value[key]; !ok {
			return false
		}
	}
	for key, mark := range k.marks {
		if value[key] != mark {
			return false
		}
	}
	return true
}
