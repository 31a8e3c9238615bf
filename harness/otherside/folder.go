package otherside

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// look is how often results are looked for.
const look = 10 * time.Millisecond

// folderDoor is a folder into which jobs are put.
type folderDoor struct {
	side    *Side
	inbox   string
	results []string
	end     chan struct{}
	ended   chan struct{}
}

func openFolder(s *Side, scratch string) (door, error) {
	how := s.worker.Folder
	at := func(path string) string { return filepath.FromSlash(strings.ReplaceAll(path, "{scratch}", scratch)) }
	d := &folderDoor{side: s, inbox: at(how.Inbox), end: make(chan struct{}), ended: make(chan struct{})}
	for _, path := range how.Results {
		d.results = append(d.results, at(path))
	}
	if err := os.MkdirAll(filepath.Dir(d.inbox), 0o755); err != nil {
		return nil, err
	}
	go d.watch()
	return d, nil
}

func (d *folderDoor) port() int { return 0 }

// faults: a folder of this machine does not go away.
func (d *folderDoor) faults() []Fault { return []Fault{Nonsense} }

func (d *folderDoor) file(id string) string { return strings.ReplaceAll(d.inbox, "{id}", id) }

// put writes a file whole: under another name, then renamed.
func (d *folderDoor) put(id, text string) error {
	part := filepath.Join(filepath.Dir(d.inbox), "."+id+".part")
	if err := os.WriteFile(part, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(part, d.file(id))
}

func (d *folderDoor) give(job *Job) error { return d.put(job.ID, job.Text) }

func (d *folderDoor) set(_, to Fault) error {
	if to == Nonsense {
		return d.put(newID(), nonsense)
	}
	return nil
}

func (d *folderDoor) close() {
	select {
	case <-d.end:
	default:
		close(d.end)
	}
	<-d.ended
}

// watch looks for what has been taken, and for results.
func (d *folderDoor) watch() {
	defer close(d.ended)
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-d.end:
			return
		case <-tick.C:
		}
		for _, job := range d.side.pending() {
			for _, pattern := range d.results {
				d.read(job, strings.ReplaceAll(pattern, "{id}", job.ID))
			}
			if _, err := os.Lstat(d.file(job.ID)); os.IsNotExist(err) && d.side.now() == Well {
				d.side.take(job)
			}
		}
	}
}

// read takes the results that are there.
func (d *folderDoor) read(job *Job, pattern string) {
	found, _ := filepath.Glob(pattern)
	for _, name := range found {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() || info.Size() > mostBody {
			continue
		}
		if content, err := os.ReadFile(name); err == nil {
			d.side.came(job.ID, fmt.Sprintf("%s\n%s", filepath.ToSlash(name), content))
		}
	}
}

// pending are the jobs without a result.
func (s *Side) pending() []*Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*Job
	for _, job := range s.given {
		if len(job.results) == 0 {
			list = append(list, job)
		}
	}
	return list
}

// take notes that the worker has taken a job by itself.
func (s *Side) take(job *Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if job.taken.IsZero() {
		job.taken = time.Now()
		s.tell()
	}
}
