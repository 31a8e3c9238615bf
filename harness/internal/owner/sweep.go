package owner

import "os"

// Sweep removes what programs that were killed have left on this machine:
// processes marked with BGCHECK_INSTANCE, and the folders of TempDir. It touches only what belongs to this user and whose owner,
// known by PID and start time, is dead. Instance folders elsewhere are artefacts
// and stay. It is best effort.
func Sweep() {
	sweepProcesses()
	sweepFolders(os.TempDir())
}
