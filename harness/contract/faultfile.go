package contract

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Sessions of one run leave a FaultError for one another: who has waited half a
// minute for a service that never answers has done so for all.

// faultFile is the target's own in Config.Faults; "" without that.
func (s *Session) faultFile() string {
	if s.faults == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s.target.Name + "\n" + s.target.Dir + "\n" + s.target.Addon + "\n" + s.target.Launch.Script))
	return filepath.Join(s.faults, fmt.Sprintf("fault-%x", sum[:6]))
}

// share leaves a fault that holds for every launch of the target.
func (s *Session) share(fault *FaultError) {
	if name := s.faultFile(); name != "" {
		text, err := json.Marshal(fault)
		if err == nil && os.WriteFile(name+".part", text, 0o600) == nil {
			_ = os.Rename(name+".part", name) // without it the others look themselves
		}
	}
}

// sharedBefore is the fault that another session of the run has left, or nil.
func (s *Session) sharedBefore() error {
	text, err := os.ReadFile(s.faultFile())
	var left FaultError
	if err != nil || json.Unmarshal(text, &left) != nil {
		return nil
	}
	return &left
}
