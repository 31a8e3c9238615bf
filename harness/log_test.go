package harness

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/internal/testkit"
)

func testLog(t testing.TB) *Log {
	t.Helper()
	l, err := newLog(filepath.Join(t.TempDir(), "log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return l
}

func write(l *Log, text string) { _, _ = l.Write([]byte(text)) }

func TestLogGivesWholeLinesAndTheRestLater(t *testing.T) {
	g := NewWithT(t)
	l := testLog(t)
	write(l, "one\r\ntwo\nthr")
	lines, next, err := l.Since(0)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(lines).To(Equal([]string{"one", "two"}))
	g.Expect(l.Tail(2)).To(Equal([]string{"two", "thr"}))
	g.Expect(l.End()).To(BeEquivalentTo(12))
	write(l, "ee\n\nfour\xff")
	lines, next, err = l.Since(next)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(lines).To(Equal([]string{"three", ""}))
	l.close()
	lines, next, err = l.Since(next)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(lines).To(Equal([]string{"four?"}))
	g.Expect(next).To(Equal(l.End()))
	g.Expect(l.Tail(1)).To(Equal([]string{"four?"}))
	g.Expect(l.Tail(0)).To(BeEmpty())
	g.Expect(l.Tail(99)).To(HaveLen(5))
	_, err = l.Write([]byte("late"))
	g.Expect(err).To(MatchError(os.ErrClosed))
}

func TestLogIsWholeOnDiskAndReadFromThere(t *testing.T) {
	g := NewWithT(t)
	l := testLog(t)
	const lines = 300_000
	for i := range lines {
		write(l, fmt.Sprintf("line number %d\n", i))
	}
	g.Expect(l.End()).To(BeNumerically(">", 4*logMemory))
	read := 0
	for from := Cursor(0); ; {
		got, next, err := l.Since(from)
		g.Expect(err).NotTo(HaveOccurred())
		if next == from {
			break
		}
		for _, line := range got {
			if line != fmt.Sprintf("line number %d", read) {
				t.Fatalf("line %d is %q", read, line)
			}
			read++
		}
		from = next
	}
	g.Expect(read).To(Equal(lines))
	g.Expect(l.Tail(1)).To(Equal([]string{fmt.Sprintf("line number %d", lines-1)}))
	info, err := os.Stat(l.Path())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(info.Size()).To(BeEquivalentTo(l.End()))
}

func TestLogOfOneEndlessLineIsCutIntoPieces(t *testing.T) {
	g := NewWithT(t)
	l := testLog(t)
	write(l, strings.Repeat("x", 3*maxLine+5))
	lines, next, err := l.Since(0)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(lines).To(HaveLen(3))
	write(l, "end\n")
	lines, _, err = l.Since(next)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(lines).To(Equal([]string{"xxxxxend"}))
	g.Expect(len(l.Tail(1)[0])).To(BeNumerically("<=", maxLine))

	write(l, strings.Repeat("y", maxLine)+"\nz\n")
	g.Expect(l.Tail(2)[0]).To(HaveLen(maxLine))
	g.Expect(l.Tail(2)[1]).To(Equal("z"))
}

func TestLogBiggerThanMemoryInOneWrite(t *testing.T) {
	g := NewWithT(t)
	l := testLog(t)
	write(l, "start\n")
	write(l, strings.Repeat("0123456\n", logMemory/4)+"last\n")
	g.Expect(l.Tail(2)).To(Equal([]string{"0123456", "last"}))
	lines, _, err := l.Since(0)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(lines[:2]).To(Equal([]string{"start", "0123456"}))
}

func TestLogWaitFindsAPastLineAndWaitsForAFutureOne(t *testing.T) {
	g := NewWithT(t)
	l := testLog(t)
	write(l, "port 1\nport 2\n")
	pattern := regexp.MustCompile(`port (\d+)`)
	m, err := l.Wait(testkit.Bounded(t), 0, pattern)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(m).To(Equal([]string{"port 1", "1"}))

	found, from := make(chan string), l.End()
	go func() {
		m, err := l.Wait(context.Background(), from, pattern)
		found <- fmt.Sprint(m, err)
	}()
	g.Eventually(func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.news != nil }).Should(BeTrue())
	write(l, "po")
	write(l, "rt 3")
	write(l, "3\n")
	g.Eventually(found, testkit.Safety).Should(Receive(Equal("[port 33 33] <nil>")))
}

func TestLogWaitEndsWithTheLogOrTheContext(t *testing.T) {
	g := NewWithT(t)
	l := testLog(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := l.Wait(ctx, 0, regexp.MustCompile("x"))
	g.Expect(err).To(MatchError(context.Canceled))
	write(l, "the last line has no end")
	failed := make(chan error)
	go func() {
		_, err := l.Wait(context.Background(), 0, regexp.MustCompile("never"))
		failed <- err
	}()
	g.Eventually(func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.news != nil }).Should(BeTrue())
	l.close()
	g.Eventually(failed, testkit.Safety).Should(Receive(MatchError(ErrEnded)))
	m, err := l.Wait(context.Background(), 0, regexp.MustCompile("no end$"))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(m).To(HaveLen(1))
}

func TestLogGoesOnInMemoryWhenTheDiskIsFull(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full")
	}
	g := NewWithT(t)
	l, err := newLog("/dev/full")
	g.Expect(err).NotTo(HaveOccurred())
	defer l.close()
	n, err := l.Write([]byte("one\ntwo\n"))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(n).To(Equal(8))
	g.Expect(l.Err()).To(MatchError(ErrMachine))
	g.Expect(l.Err()).To(MatchError(ContainSubstring("no space left on device")))
	lines, _, err := l.Since(0)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(lines).To(Equal([]string{"one", "two"}))
	write(l, strings.Repeat("x\n", logMemory))
	_, _, err = l.Since(0)
	g.Expect(err).To(MatchError(ErrMachine), "what has left memory is lost")
}

func TestDiskThatIsFullDoesNotBlockBlenderAndIsTold(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full")
	}
	g := NewWithT(t)
	b := fake(t, Env("FAKE_LOG_MIB", "3"), Prepare(func(dir string) error {
		return os.Symlink("/dev/full", filepath.Join(dir, instance.LogName))
	}))
	exit, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).To(MatchError(ErrMachine))
	g.Expect(exit.Code).To(BeZero())
	g.Expect(exit.Tail).To(ContainElement("Blender quit"))
}

func TestLogOfManyMebibytesIsWholeAndInOrder(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_LOG_MIB", "32"), Env("FAKE_LONG_LINE", "3000000"), Env("FAKE_STDERR", "first"))
	exit, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Code).To(BeZero())
	data, err := os.ReadFile(b.Log().Path())
	g.Expect(err).NotTo(HaveOccurred())
	size := len("first\n") + 32<<20 + 3000000 + len("\nBlender quit\n")
	g.Expect(b.Log().End()).To(BeEquivalentTo(size))
	g.Expect(int64(len(data))).To(BeEquivalentTo(size))
	g.Expect(bytes.HasPrefix(data, []byte("first\nfake blender pours"))).To(BeTrue())
	for _, line := range exit.Tail {
		g.Expect(len(line)).To(BeNumerically("<", tailWidth+10))
	}
}

// What a MiB of log costs, against a bare write of the same to a file.
func BenchmarkLogWrite(b *testing.B) {
	chunk := bytes.Repeat([]byte("fake blender pours its log, line after line, 64 bytes each one.\n"), 1<<14)
	rewind := func(b *testing.B, f *os.File) { // the disk is not what is measured
		b.StopTimer()
		if err := f.Truncate(0); err != nil {
			b.Fatal(err)
		}
		if _, err := f.Seek(0, 0); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.Run("file", func(b *testing.B) {
		l := testLog(b)
		b.SetBytes(int64(len(chunk)))
		for i := 1; b.Loop(); i++ {
			_, _ = l.file.Write(chunk)
			if i%64 == 0 {
				rewind(b, l.file)
			}
		}
	})
	b.Run("log", func(b *testing.B) {
		l := testLog(b)
		b.SetBytes(int64(len(chunk)))
		for i := 1; b.Loop(); i++ {
			_, _ = l.Write(chunk)
			if i%64 == 0 {
				rewind(b, l.file)
			}
		}
	})
}
