package command

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"
	"github.com/posener/complete"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/report"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// words are the command's words. Each is a struct of its flags with a Run.
type words struct {
	Check   checkWord   `cmd:"" help:"Judge an add-on, or what a target file describes."`
	Init    initWord    `cmd:"" help:"Write a first target file (bgcheck.yaml) by reading an add-on."`
	List    listWord    `cmd:"" help:"List the checks, and what each asserts."`
	Explain explainWord `cmd:"" help:"Say what a check asserts, why, how it measures, how to fix it."`
	Report  reportWord  `cmd:"" help:"Print the last report, or make one page of several records."`
	Open    openWord    `cmd:"" help:"Show the report in a browser."`
	Gate    gateWord    `cmd:"" help:"Compare with a base: which checks were lost, which figures got worse."`
	Fuzz    fuzzWord    `cmd:"" help:"Send a service thousands of requests that are almost right."`
	Soak    soakWord    `cmd:"" help:"Ask a service for a long time, and prove that nothing grows."`
	Doctor  doctorWord  `cmd:"" help:"Say whether checks can run here, and what to do if not."`
	Schema  schemaWord  `cmd:"" help:"Print the JSON Schema of target files, for editors."`
	Version versionWord `cmd:"" help:"Print the version."`

	Completion kongcompletion.Completion `cmd:"" help:"Print how a shell completes these words (bash, zsh, fish)."`

	Package packageWord `cmd:"" group:"own" help:"Build the reference add-on's packages."`
	Proof   proofWord   `cmd:"" group:"own" help:"Print which check caught which wrong fixture."`
	Matrix  matrixWord  `cmd:"" group:"own" help:"Print check by Blender version."`
	Bench   benchWord   `cmd:"" group:"own" help:"Measure the keep-alive beside its competitors."`
}

const about = "bgcheck proves that a Blender add-on works in background mode, or shows why it does not."

// call is one use of the command.
type call struct {
	out, errout io.Writer
}

// ending is how kong's own --help and completion leave.
type ending Status

// Main is the process without its end: it reads a command line, does what it
// says and returns the exit status. Signals are caught while checks run.
func Main(args []string, out, errout io.Writer) (status int) {
	c := &call{out, errout}
	defer func() {
		if end, ok := recover().(ending); ok {
			status = int(end)
		}
	}()
	w := &words{}
	parser, err := kong.New(w,
		kong.Name("bgcheck"), kong.Description(about), kong.Writers(out, errout),
		kong.Exit(func(code int) { panic(ending(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, NoExpandSubcommands: false, WrapUpperBound: report.Columns}),
		kong.ExplicitGroups([]kong.Group{{Key: "own", Title: "For bgcheck's own repository:"}}),
	)
	if err != nil {
		c.tell(err)
		return int(CouldNot)
	}
	kongcompletion.Register(parser,
		kongcompletion.WithPredictor("check", complete.PredictSet(append(checks.Names(), checks.Areas()...)...)),
		kongcompletion.WithPredictor("backend", complete.PredictSet(setup.Backends()...)),
		kongcompletion.WithPredictor("file", complete.PredictFiles("*")))
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if args[0] == "help" {
		args = append(args[1:len(args):len(args)], "--help")
	}
	ctx, err := parser.Parse(args)
	if err != nil {
		c.tell(err)
		fmt.Fprintf(errout, "bgcheck: %s\n", helpWith(args))
		return int(Wrong)
	}
	err = ctx.Run(c)
	c.tell(err)
	return int(statusOf(err))
}

// wordNames are the words as they are typed.
var wordNames = []string{
	"check", "init", "list", "explain", "report", "open", "gate", "fuzz", "soak", "doctor", "schema", "version", "completion", "package", "proof", "matrix", "bench",
}

// helpWith says where to read on.
func helpWith(args []string) string {
	for _, word := range args {
		if !strings.HasPrefix(word, "-") {
			if slices.Contains(wordNames, word) {
				return "bgcheck " + word + " --help tells more"
			}
			break
		}
	}
	return "bgcheck --help tells more"
}
