package harness

import "embed"

// pyFiles stands in for pyaddon.FS.
var pyFiles embed.FS
