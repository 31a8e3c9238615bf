package target

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

var errNotPositive = errors.New("which is not above 0")

// parseTime reads 5s, 500ms, 1m30s.
func parseTime(text string) (time.Duration, error) {
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return 0, errors.New("a number without its unit")
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, errors.New("not a time")
	case d <= 0:
		return 0, errNotPositive
	}
	return d, nil
}

// parseRate reads a number above 0.
func parseRate(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(n) || math.IsInf(n, 0):
		return 0, errors.New("not a number")
	case n <= 0:
		return 0, errNotPositive
	}
	return n, nil
}

// parseShare reads "2%" or 0.02.
func parseShare(text string) (float64, error) {
	if number, ok := strings.CutSuffix(text, "%"); ok {
		n, err := parseRate(number)
		return n / 100, err
	}
	n, err := parseRate(text)
	if err == nil && n > 1 {
		return 0, errors.New("more than one core")
	}
	return n, err
}

// sizeUnits, longest first where one ends in another.
var sizeUnits = []struct {
	name  string
	bytes float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1},
}

// parseSize reads 8MiB, 500kB, or a number of bytes.
func parseSize(text string) (int64, error) {
	for _, unit := range sizeUnits {
		number, ok := strings.CutSuffix(text, unit.name)
		if !ok {
			continue
		}
		n, err := parseRate(number)
		if errors.Is(err, errNotPositive) {
			return 0, err
		}
		if err != nil {
			return 0, errors.New("not a size")
		}
		if n*unit.bytes >= math.MaxInt64 {
			return 0, errors.New("larger than any memory")
		}
		return int64(n * unit.bytes), nil
	}
	return 0, errors.New("not a size")
}
