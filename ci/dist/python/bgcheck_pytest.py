"""A pytest plugin: `pytest bgcheck.yaml` shows each check of bgcheck as a test.

The checks that are selected (-k, --lf, ...) are judged together, by one run of
`bgcheck check`, when the first of them is due. $BGCHECK_COMMAND names the program
where it is not `bgcheck` in PATH. What `bgcheck check` takes from the environment
(BGCHECK_BLENDER, BGCHECK_BACKEND, BGCHECK_OUT) holds here, too.
"""

import json
import os
import subprocess
import sys
import warnings

import pytest

FILE_NAME = "bgcheck.yaml"


def command():
    """The words that call bgcheck. Raises pytest.UsageError where there is none."""
    named = os.environ.get("BGCHECK_COMMAND")
    if named:
        return named
    beside = os.path.join(os.path.dirname(sys.executable), "bgcheck")
    for path in (beside, beside + ".exe"):
        if os.path.isfile(path):
            return path
    return "bgcheck"


def call(*words):
    """Run bgcheck and return the process when it has ended."""
    try:
        return subprocess.run(
            [command()] + list(words), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    except OSError as error:
        raise pytest.UsageError("cannot run bgcheck (%s): install it, or name it by "
                                "BGCHECK_COMMAND" % error)


def pytest_collect_file(file_path, parent):
    """A target file is a collection of checks."""
    if file_path.name == FILE_NAME or file_path.name.endswith("." + FILE_NAME):
        return TargetFile.from_parent(parent, path=file_path)
    return None


class Failed(Exception):
    """A check did not pass; its text is what bgcheck says of it."""


class TargetFile(pytest.File):
    """The checks of one target file."""

    results = None

    def collect(self):
        listed = call("list")
        if listed.returncode != 0:
            raise pytest.UsageError("bgcheck list: " + listed.stderr.strip())
        for line in listed.stdout.splitlines():
            if line and not line[0].isspace():
                yield CheckItem.from_parent(self, name=line.split()[0])

    def result(self, name):
        """The result of a check; all that are selected are judged with the first."""
        if self.results is None:
            wanted = [item.name for item in self.session.items if item.parent is self]
            words = ["check", "--json"]
            for each in wanted:
                words += ["--check", each]
            ended = call(*(words + [str(self.path)]))
            self.results = {}
            self.said = ended.stderr.strip()
            for line in ended.stdout.splitlines():
                event = json.loads(line)
                if event["event"] == "done":
                    self.results[event["result"]["name"]] = event["result"]
                elif event["event"] == "summary":
                    self.said = "\n".join([self.said] + event["problems"]).strip()
        return self.results.get(name)


class CheckItem(pytest.Item):
    """One check."""

    def runtest(self):
        result = self.parent.result(self.name)
        if result is None:
            raise Failed("it was not judged: " + (self.parent.said or "the run ended before"))
        why = result["diagnosis"] or result["seen"]
        if result["verdict"] == "skip":
            pytest.skip(why)
        if result["verdict"] == "warn":
            warnings.warn("%s: %s" % (self.name, why))
        elif result["verdict"] != "pass":
            raise Failed(self.text(result))
        self.add_report_section("call", "bgcheck", result["seen"])

    @staticmethod
    def text(result):
        """What is said of a check that did not pass."""
        lines = ["%s: %s" % (result["verdict"], result["name"])]
        for word in ("expected", "seen", "diagnosis", "fix", "command"):
            if result.get(word):
                lines.append("%-10s %s" % (word, result[word].replace("\n", "\n" + " " * 11)))
        return "\n".join(lines + ["evidence   " + line for line in result["evidence"]])

    def repr_failure(self, excinfo, style=None):
        if isinstance(excinfo.value, Failed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style=style)

    def reportinfo(self):
        return self.path, 0, "bgcheck: " + self.name
