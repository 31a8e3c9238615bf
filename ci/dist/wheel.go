package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

//go:embed python/bgcheck_pytest.py
var plugin []byte

// member is a file of a wheel.
type member struct {
	name string
	data []byte
	mode os.FileMode
}

// wheel packs the binary and the pytest plugin as pip installs them, and returns
// the file: bgcheck-VERSION-py3-none-PLATFORM.whl.
func (p platform) wheel(out, version, binary string) (string, error) {
	data, err := os.ReadFile(binary)
	if err != nil {
		return "", err
	}
	info := "bgcheck-" + version + ".dist-info/"
	script := "bgcheck"
	if p.OS == "windows" {
		script += ".exe"
	}
	var tags strings.Builder
	for tag := range strings.SplitSeq(p.Wheel, ".") {
		fmt.Fprintf(&tags, "Tag: py3-none-%s\n", tag)
	}
	members := []member{
		{"bgcheck_pytest.py", plugin, 0o644},
		{"bgcheck-" + version + ".data/scripts/" + script, data, 0o755},
		{info + "METADATA", []byte("Metadata-Version: 2.1\nName: bgcheck\nVersion: " + version + "\n" +
			"Summary: Proves that a Blender add-on works in background mode, or shows why it does not\n" +
			"Home-page: https://github.com/bgcheck/bgcheck\nRequires-Python: >=3.7\n"), 0o644},
		{info + "WHEEL", []byte("Wheel-Version: 1.0\nGenerator: bgcheck dist\nRoot-Is-Purelib: false\n" + tags.String()), 0o644},
		{info + "entry_points.txt", []byte("[pytest11]\nbgcheck = bgcheck_pytest\n"), 0o644},
	}
	var record strings.Builder
	for _, m := range members {
		sum := sha256.Sum256(m.data)
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", m.name, base64.RawURLEncoding.EncodeToString(sum[:]), len(m.data))
	}
	fmt.Fprintf(&record, "%sRECORD,,\n", info)
	members = append(members, member{info + "RECORD", []byte(record.String()), 0o644})
	packed, err := pack(members)
	if err != nil {
		return "", err
	}
	file := filepath.Join(out, fmt.Sprintf("bgcheck-%s-py3-none-%s.whl", version, p.Wheel))
	fmt.Println(file)
	return file, os.WriteFile(file, packed, 0o644) //nolint:gosec // for everyone
}

// pack makes a zip that is the same each time: its files have one date.
func pack(members []member) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		header := &zip.FileHeader{Name: m.name, Method: zip.Deflate, Modified: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
		header.SetMode(m.mode)
		part, err := w.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(m.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
