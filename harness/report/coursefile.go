package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// CoursesName is the side file of report.json: a line for each life.
const CoursesName = "lives.jsonl"

// courseLine is one line of it.
type courseLine struct {
	Run string `json:"run"`
	Course
}

// CourseLines is the content of lives.jsonl.
func (r *Report) CourseLines() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for _, c := range r.Courses {
		if err := encoder.Encode(courseLine{r.Run, c}); err != nil {
			return nil, fmt.Errorf("encode the course of a life: %w", err)
		}
	}
	return b.Bytes(), nil
}

// maxCourseFile is as much of a side file as is read.
const maxCourseFile = 64 << 20

// readCourses takes in the side file beside a record at path. There need be none,
// and one of another run is left alone.
func (r *Report) readCourses(path string) error {
	file := filepath.Join(filepath.Dir(path), CoursesName)
	info, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the lives of a report: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxCourseFile {
		return fmt.Errorf("read the lives of a report: %s is no file of at most %d MiB", file, maxCourseFile>>20)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the lives of a report: %w", err)
	}
	for line := range bytes.Lines(data) {
		var one courseLine
		if err := json.Unmarshal(line, &one); err != nil {
			return fmt.Errorf("read the lives of a report: %s: %w", file, err)
		}
		if one.Run == r.Run {
			r.Courses = append(r.Courses, one.clean())
		}
	}
	return nil
}
