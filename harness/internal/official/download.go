package official

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

const (
	// silence is how long a server may send nothing.
	silence = time.Minute
	// attempts are made to fetch an archive, each where the one before ended.
	attempts = 3
	// maxPage is as much of a list as is read, maxArchive as much of an archive.
	maxPage, maxArchive = 8 << 20, 4 << 30
)

var client = &http.Client{Transport: &http.Transport{
	Proxy:                 http.ProxyFromEnvironment,
	DialContext:           (&net.Dialer{Timeout: 20 * time.Second}).DialContext,
	TLSHandshakeTimeout:   20 * time.Second,
	ResponseHeaderTimeout: silence,
}}

// get asks for what is at an address, from a byte on.
func get(ctx context.Context, at string, from int64) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "bgcheck")
	if from > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	return client.Do(request)
}

// text is a list at an address.
func text(ctx context.Context, at string) (string, error) {
	within, cancel := context.WithTimeout(ctx, 2*silence)
	defer cancel()
	response, err := get(within, at, 0)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("get %s: the server says %s", at, response.Status)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxPage))
	if err != nil {
		return "", fmt.Errorf("get %s: %w", at, err)
	}
	return string(data), nil
}

// partName is a download's name while this process has it; one that nobody has ends
// in partEnd alone.
const partEnd = ".part"

func partName(archive string) string { return fmt.Sprintf("%s%s-%d", archive, partEnd, os.Getpid()) }

// dead tells whether the process of a name with a process id at its end has ended.
func dead(name string) bool {
	pid, err := strconv.Atoi(name[strings.LastIndex(name, "-")+1:])
	return err == nil && pid != os.Getpid() && procfs.Born(pid) == ""
}

// claim takes over what an earlier attempt has fetched, if any.
func (r Request) claim(archive string) (own string) {
	own = filepath.Join(r.cache, partName(archive))
	if os.Rename(filepath.Join(r.cache, archive+partEnd), own) == nil {
		return own
	}
	left, _ := filepath.Glob(filepath.Join(r.cache, archive+partEnd+"-*"))
	for _, name := range left {
		if dead(name) && os.Rename(name, own) == nil {
			return own
		}
	}
	return own
}

// download fetches the archive, and gives the path of the file, whose sum is right.
func (r Request) download(ctx context.Context, at, archive, sum string) (string, error) {
	own := r.claim(archive)
	file, err := os.OpenFile(own, os.O_CREATE|os.O_RDWR, 0o644) //nolint:gosec // as an archive lies in a folder of downloads
	if err != nil {
		return "", err
	}
	defer file.Close()
	for n := 1; ; n++ {
		if err = r.goOn(ctx, file, at, archive); err == nil || n == attempts || ctx.Err() != nil || errors.Is(err, errStatus) {
			break
		}
		r.say("fetching %s: %v: going on", archive, err)
	}
	if err != nil {
		_ = os.Rename(own, filepath.Join(r.cache, archive+partEnd)) // to be gone on with
		return "", err
	}
	hash := sha256.New()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	if _, err := io.Copy(hash, file); err != nil {
		return "", fmt.Errorf("read %s: %w", own, err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != sum {
		_ = os.Remove(own)
		return "", fmt.Errorf("check %s: its SHA-256 is %s and not %s: %w", archive, got, sum, errSum)
	}
	return own, nil
}

var errStatus = errors.New("the server does not have it")

// goOn fetches what the file lacks.
func (r Request) goOn(ctx context.Context, file *os.File, at, archive string) error {
	have, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	response, err := get(within, at, have)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return nil // it is whole, or the sum will tell
	case response.StatusCode == http.StatusPartialContent && strings.HasPrefix(response.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)):
		if have > 0 {
			r.say("fetching %s: going on behind %d MiB", archive, have>>20)
		}
	case response.StatusCode == http.StatusOK:
		if have, err = 0, file.Truncate(0); err != nil {
			return err
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return err
		}
	default:
		return fmt.Errorf("get %s: the server says %s: %w", at, response.Status, errStatus)
	}
	progress := &progress{request: r, archive: archive, have: have, whole: have + response.ContentLength}
	if response.ContentLength < 0 {
		progress.whole = 0
	}
	progress.timer = time.AfterFunc(silence, func() { cancel(fmt.Errorf("the server sent nothing for %s", silence)) })
	defer progress.timer.Stop()
	n, err := io.Copy(io.MultiWriter(file, progress), io.LimitReader(response.Body, maxArchive-have))
	if cause := context.Cause(within); err != nil && cause != nil {
		err = cause
	}
	if err == nil && response.ContentLength >= 0 && n != response.ContentLength {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("get %s: %w", at, err)
	}
	return nil
}

// progress says how far a download is, at each tenth.
type progress struct {
	request     Request
	archive     string
	have, whole int64
	said        int64
	timer       *time.Timer
}

func (p *progress) Write(data []byte) (int, error) {
	p.timer.Reset(silence)
	p.have += int64(len(data))
	if p.whole > 0 {
		if tenth := p.have * 10 / p.whole; tenth > p.said {
			p.said = tenth
			p.request.say("fetching %s: %d of %d MiB", p.archive, p.have>>20, p.whole>>20)
		}
	}
	return len(data), nil
}

// sweep removes what processes that were killed have left half unpacked.
func (r Request) sweep() {
	left, _ := filepath.Glob(filepath.Join(r.cache, newPrefix+"*"))
	for _, name := range left {
		if dead(name) {
			_ = os.RemoveAll(name)
		}
	}
}

// whole tells whether the release has come into the cache meanwhile.
func whole(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "blender"))
	return !errors.Is(err, fs.ErrNotExist)
}
