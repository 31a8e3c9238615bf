package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/bgcheck/bgcheck/harness/report"
)

type openWord struct {
	Out string `arg:"" optional:"" name:"folder" predictor:"file" help:"The folder of the report, or a page. Default: out."`
}

// Help stands in `bgcheck open --help`.
func (*openWord) Help() string {
	return `Shows report.html in the browser that BROWSER names, else the system's. Where there is none it says where the page is.`
}

// Run shows the page of the last report in a browser.
func (w *openWord) Run(c *call) error {
	page, err := w.find()
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, page)
	command := browser(page)
	if command == nil {
		return CouldNot.because("there is no browser here: open that file where there is one (BROWSER names the program)")
	}
	if said, err := command.CombinedOutput(); err != nil {
		return CouldNot.because("show the page by %s: %w %s", command.Path, err, report.Clean(string(said)))
	}
	return nil
}

// find is the absolute path of the page. One that a folder does not have yet, of
// an older record, is made.
func (w *openWord) find() (string, error) {
	place := w.Out
	if place == "" {
		settings, err := where{}.settings(".")
		if err != nil {
			return "", err
		}
		place = settings.Out
	}
	place, err := filepath.Abs(place)
	if err != nil {
		return "", CouldNot.as(err)
	}
	if isFile(place) {
		return place, nil
	}
	page := filepath.Join(place, report.PageName)
	if isFile(page) {
		return page, nil
	}
	r, err := report.Load(place)
	if errors.Is(err, fs.ErrNotExist) {
		return "", Wrong.because("there is no report in %s: `bgcheck check` writes one", place)
	}
	if err != nil {
		return "", Wrong.as(err)
	}
	data, err := report.HTML(r)
	if err == nil {
		err = os.WriteFile(page, data, 0o644) //nolint:gosec // a report is for everyone
	}
	return page, CouldNot.as(err)
}

// browser is the program that shows the page; nil where there is none.
func browser(page string) *exec.Cmd {
	if named := os.Getenv("BROWSER"); named != "" {
		return exec.Command(named, page) //nolint:gosec // the user's own setting
	}
	switch runtime.GOOS {
	case "darwin":
		return exec.Command("open", page)
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", page)
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return nil
	}
	if opener, err := exec.LookPath("xdg-open"); err == nil {
		return exec.Command(opener, page)
	}
	return nil
}
