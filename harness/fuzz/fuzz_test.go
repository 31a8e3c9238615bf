package fuzz

import (
	"bytes"
	"math"
	"net/http"
	"testing"
)

func TestTheSameSeedMakesTheSameRequests(t *testing.T) {
	good := []byte("POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
	a, b, c := newMutator(1, "http", false, good), newMutator(1, "http", false, good), newMutator(2, "http", false, good)
	differs := false
	for range 1000 {
		one, two, three := a.next(), b.next(), c.next()
		if !bytes.Equal(one, two) {
			t.Fatalf("%q and %q", one, two)
		}
		differs = differs || !bytes.Equal(one, three)
		if !bytes.HasPrefix(one, []byte("POST /x HTTP/1.1\r\n")) || len(one) > 70<<10 {
			t.Fatalf("%.100q, %d bytes", one, len(one))
		}
	}
	if !differs {
		t.Error("another seed makes the same")
	}
}

func TestALengthIsSaidRightly(t *testing.T) {
	wire := measured([]byte("Host: x\r\nContent-Length: 99\r\n\r\nbody"))
	if !bytes.Contains(wire, []byte("Content-Length: 4\r\n\r\nbody")) {
		t.Errorf("%q", wire)
	}
	if _, err := http.NewRequest(http.MethodPost, "http://x", bytes.NewReader(wire)); err != nil {
		t.Error(err)
	}
}

func TestGrowthHasItsInterval(t *testing.T) {
	var flat, rising []point
	for i := range 40 {
		noise := float64(i%3-1) * 1000
		flat = append(flat, point{float64(i), 5e6 + noise})
		rising = append(rising, point{float64(i), 5e6 + 1e6*float64(i) + noise})
	}
	if grown, half := growth(flat); math.Abs(grown) > half+1 || half > 2000 {
		t.Errorf("flat: %g ± %g", grown, half)
	}
	if grown, half := growth(rising); math.Abs(grown-39e6) > 2000 || half > 2000 {
		t.Errorf("rising: %g ± %g", grown, half)
	}
	if grown, _ := growth(flat[:4]); !math.IsNaN(grown) {
		t.Errorf("four points: %g", grown)
	}
}
