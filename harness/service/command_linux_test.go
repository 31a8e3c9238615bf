package service

import (
	"strconv"
	"strings"
	"testing"
)

func TestCommandLeavesNoChildBehind(t *testing.T) {
	reply, err := sh("sleep 3600 & echo $!").Do(within(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(reply)))
	if err != nil {
		t.Fatal(err)
	}
	awaitGone(t, pid)
}
