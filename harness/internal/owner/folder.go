package owner

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/display"
	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/internal/process"
)

// TempName is a name for a folder in the system's temporary folder that Sweep
// removes when this program has ended without doing so: for the instance called
// id, or, with NewID, for anything else. Nobody can guess it: bgcheck-ID-PLACE,
// then random hex digits. The name says all that Sweep needs, so that a program
// may be killed between any two of its steps.
func TempName(id string) string {
	return filepath.Join(os.TempDir(), instance.FolderPrefix+id+"-"+place()+random())
}

// TempDir makes a folder called as TempName says, which only this user may enter.
// Errors wrap fault.ErrMachine.
func TempDir(id string) (string, error) {
	for {
		dir := TempName(id)
		err := os.Mkdir(dir, 0o700)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fault.Machinef("make a temporary folder: %w", err)
		}
		return dir, nil
	}
}

const randomDigits = 16

func random() string {
	b := make([]byte, randomDigits/2)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// place is this boot and PID namespace in 8 hex digits: a PID means nothing in
// another.
func place() string {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(Namespace()))
	return fmt.Sprintf("%08x", hash.Sum32())
}

// sweepFolders removes those of dead programs that TempDir has made.
func sweepFolders(parent string) {
	digits := strings.Repeat("[0-9a-f]", randomDigits)
	found, _ := filepath.Glob(filepath.Join(parent, instance.FolderPrefix+"*-*-*-"+place()+digits))
	for _, dir := range found {
		info, err := os.Lstat(dir)
		link := err == nil && info.Mode()&fs.ModeSymlink != 0 // a short path to a folder that stays
		if err != nil || !info.IsDir() && !link || !process.OwnedByUs(info) {
			continue
		}
		name := strings.TrimPrefix(filepath.Base(dir), instance.FolderPrefix)
		id := name[:strings.LastIndexByte(name, '-')]
		if Alive(id) { // also of what is named alike, and no ID
			continue
		}
		if link {
			_ = os.Remove(dir)
			continue
		}
		display.Forget(dir)
		_ = os.RemoveAll(dir)
	}
}
