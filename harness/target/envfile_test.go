package target

import "testing"

func TestEnvFileStandsBehindEnv(t *testing.T) {
	target := example(t, "wrapper")
	want(t, "env", target.Env, map[string]string{
		"MY_PORT": "{port}", "MY_NAME": "a \"name\"\n", "MY_HOST": "127.0.0.1", "MY_WORDS": "two words", "MY_PLAIN": `$HOME "x"`, "MY_EMPTY": "",
	})
	want(t, "the port of the file is refused", len(target.Config), 2)
	want(t, "has a working folder", target.HasWork(), true)
}
