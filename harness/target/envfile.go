package target

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/regular"
)

// readEnvFile reads lines NAME=VALUE: empty ones and those that begin with # are
// left out, and so is "export" before a name. A value in quotes is what stands
// between them; in double quotes \n, \t, \", \$ and \\ are what they are in C. Nothing is
// replaced in a value: what a shell or Docker would look up stands as it is.
func readEnvFile(file string) (map[string]string, error) {
	f, err := regular.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	env := map[string]string{}
	lines := bufio.NewScanner(io.LimitReader(f, maxSize))
	lines.Buffer(nil, maxSize)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "export ")), "=")
		if name = strings.TrimSpace(name); !ok || !variableName.MatchString(name) {
			return nil, fmt.Errorf("line %d is %q", number, short(line))
		}
		if value, err = unquoted(strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		env[name] = value
	}
	return env, lines.Err()
}

var inDoubleQuotes = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\"`, `"`, `\$`, "$", `\\`, `\`)

// unquoted is a value without its quotes, or without the remark behind it.
func unquoted(value string) (string, error) {
	if value == "" || value[0] != '"' && value[0] != '\'' {
		value, _, _ = strings.Cut(value, " #")
		return strings.TrimSpace(value), nil
	}
	quote := value[0]
	end := 1
	for ; end < len(value) && value[end] != quote; end++ {
		if quote == '"' && value[end] == '\\' {
			end++
		}
	}
	if end >= len(value) {
		return "", fmt.Errorf("a quote is open in %q", short(value))
	}
	if rest := strings.TrimSpace(value[end+1:]); rest != "" && rest[0] != '#' {
		return "", fmt.Errorf("text follows the quotes in %q", short(value))
	}
	if quote == '"' {
		return inDoubleQuotes.Replace(value[1:end]), nil
	}
	return value[1:end], nil
}

// checkEnvFile looks at what the file of variables holds.
func (t *Target) checkEnvFile(p *problems) {
	const at = "env_file"
	if t.EnvFile == "" && !p.given(at) || t.exists(p, at, t.EnvFile, "a file with lines NAME=VALUE") == nil {
		return
	}
	env, err := readEnvFile(t.Resolve(t.EnvFile))
	if err != nil {
		p.addAt(at, "env_file %s: %v; expected lines NAME=VALUE", t.EnvFile, err)
		return
	}
	checkVariables(p, at, env)
}

// envDefaults puts the file's variables behind those of Env.
func (t *Target) envDefaults() {
	if t.EnvFile == "" {
		return
	}
	env, err := readEnvFile(t.Resolve(t.EnvFile))
	if err != nil { // Check tells
		return
	}
	maps.Copy(env, t.Env)
	t.Env = env
}
