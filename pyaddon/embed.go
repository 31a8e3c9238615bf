// Package pyaddon embeds the Python side of bgcheck, so that a project that
// imports the harness needs no copy of it: the keep-alive module that an author
// copies, the launcher that uses it, the witness that records what Blender does
// with add-ons, the recorder of what a script does, tcp_echo, the reference add-on with its target file, and the
// scripts of hosted that judge an add-on without a service.
package pyaddon

import "embed"

// FS holds keepalive.py, launch.py, witness.py, recorder.py, bgcheck.yaml and the folder
// tcp_echo, at its root. Tests and compiled files are left out.
//
//go:embed keepalive.py launch.py witness.py recorder.py bgcheck.yaml
//go:embed tcp_echo/*.py tcp_echo/blender_manifest.toml
//go:embed hosted/*.py
var FS embed.FS
