package otherside

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/target"
)

// open plays the other side of a worker for one test.
func open(t *testing.T, worker *target.Worker) *Side {
	t.Helper()
	worker.Done, worker.Failed = `"done"`, `"failed"`
	(&target.Target{Worker: worker}).SetDefaults()
	side, err := Open(worker, "127.0.0.1", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(side.Close)
	return side
}

// call sends a request to an HTTP side and returns the status and the body.
func call(t *testing.T, side *Side, method, path, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:"+strconv.Itoa(side.Port())+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(text)
}

func give(t *testing.T, side *Side, text string) *Job {
	t.Helper()
	job, err := side.Give(text)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func TestAJobIsGivenOnceAndItsResultTaken(t *testing.T) {
	side := open(t, &target.Worker{HTTP: &target.WorkerHTTP{Ask: "GET /next", Gives: `{"job": {job}}`, Takes: []string{"POST /jobs/{id}"}}})
	if status, body := call(t, side, "GET", "/next?me=1", ""); status != 204 || body != "" {
		t.Fatalf("with no job: %d %q", status, body)
	}
	job := give(t, side, `"{id}"`)
	if status, body := call(t, side, "GET", "/next", ""); status != 200 || body != `{"job": "`+job.ID+`"}` {
		t.Fatalf("with a job: %d %q", status, body)
	}
	if status, _ := call(t, side, "GET", "/next", ""); status != 204 {
		t.Fatalf("the job was given twice: %d", status)
	}
	call(t, side, "POST", "/jobs/"+job.ID, `"running"`)
	call(t, side, "POST", "/jobs/"+job.ID, `"failed"`)
	result, err := side.Result(t.Context(), job)
	if err != nil || !result.Failed || len(side.Results(job)) != 1 {
		t.Fatalf("%+v %v", side.Results(job), err)
	}
	if status, _ := call(t, side, "POST", "/elsewhere", ""); status != 404 || len(side.Strange()) != 1 {
		t.Fatalf("an unknown path: %d %v", status, side.Strange())
	}
}

func TestTheOtherSideFailsAndComesBackOnItsPort(t *testing.T) {
	side := open(t, &target.Worker{HTTP: &target.WorkerHTTP{Ask: "GET /next", None: "404", Takes: []string{"POST /done"}}})
	port := side.Port()
	for fault, want := range map[Fault]int{Away: 0, Nonsense: 200, Broken: 500, Slow: 404} {
		if err := side.Set(fault); err != nil {
			t.Fatal(err)
		}
		if status, body := call(t, side, "GET", "/next", ""); status != want || fault == Nonsense && body != nonsense {
			t.Errorf("%s: %d %q", fault, status, body)
		}
		if err := side.Set(Well); err != nil {
			t.Fatal(err)
		}
		if status, body := call(t, side, "GET", "/next", ""); status != 404 || side.Port() != port {
			t.Errorf("after %s: %d %q", fault, status, body)
		}
	}
}

func TestAFolderTakesFilesAndResults(t *testing.T) {
	side := open(t, &target.Worker{Folder: &target.WorkerFolder{Inbox: "{scratch}/in/{id}.json", Results: []string{"{scratch}/out/{id}.*"}}})
	inbox := filepath.Dir(side.door.(*folderDoor).inbox)
	job := give(t, side, `"{id}"`)
	file := filepath.Join(inbox, job.ID+".json")
	if text, err := os.ReadFile(file); err != nil || string(text) != job.Text {
		t.Fatalf("%q %v", text, err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := side.Taken(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(filepath.Dir(inbox), "out")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, job.ID+".txt"), []byte(`"done"`), 0o644); err != nil {
		t.Fatal(err)
	}
	if result, err := side.Result(t.Context(), job); err != nil || result.Failed {
		t.Fatalf("%+v %v", result, err)
	}
}

func TestJobsGoOverAConnectionInTurn(t *testing.T) {
	side := open(t, &target.Worker{Socket: &target.WorkerSocket{Hello: "welcome"}})
	conn, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(side.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	if !lines.Scan() || lines.Text() != "welcome" {
		t.Fatalf("%q", lines.Text())
	}
	for range 2 {
		job := give(t, side, `{"id": "{id}"}`)
		if !lines.Scan() || lines.Text() != job.Text {
			t.Fatalf("%q", lines.Text())
		}
		if _, err := io.WriteString(conn, `{"id": "`+job.ID+`", "status": "done"}`+"\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := side.Result(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
}
