package contract

import (
	"context"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/target"
)

// aloneFor is how long an add-on that is started by itself is watched: a Blender
// whose script has ended is gone within half a second.
const aloneFor = 5 * time.Second

// Alone starts Blender with the add-on alone, as its users do, without the
// keep-alive that the target is judged under, and says in a sentence what comes of
// it. It is for targets that nobody has written down: that the keep-alive is right
// for them was only assumed.
func Alone(ctx context.Context, cfg Config) (said string, err error) {
	bare := *cfg.Target
	bare.Launch = target.Launch{Flags: bare.Launch.Flags}
	cfg.Target, cfg.Faults = &bare, ""
	s, err := Open(cfg)
	if err != nil {
		return "", err
	}
	defer func() { _ = s.Close() }()
	life, err := s.Launch(ctx, Tweaks{Unready: true})
	if err != nil {
		return "", err
	}
	const start = "started by itself (blender --background --addons %s) "
	if EndsWithin(ctx, life, aloneFor) {
		exit := life.Exit()
		why := "register() does not keep it alive"
		if exit.Code != 0 || exit.Signal != nil || explain.Raised(life.Log().Tail(200)) != "" {
			_, why = explain.Ended(life.Facts(ctx))
		}
		return fmt.Sprintf(start+"Blender ends after %s: %s. The verdicts hold with bgcheck's keep-alive; a launch script of your own must "+
			"call one, such as keepalive.run().", bare.Module, explain.Short(exit.Took), why), ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, s.Brief())
	defer cancel()
	if address := life.listening(limited); address != "" && life.AskAt(limited, address) == nil {
		return fmt.Sprintf(start+"it lives and answers, too.", bare.Module), ctx.Err()
	}
	return fmt.Sprintf(start+"it lives and does not answer. The verdicts hold with bgcheck's keep-alive alone.", bare.Module), ctx.Err()
}

// listening is where the service can be asked; "" when it cannot.
func (l *Life) listening(ctx context.Context) string {
	if l.session.target.Service.Port == "announced" && l.Announced(ctx) == "" {
		return ""
	}
	address, err := l.Address(ctx)
	if err != nil {
		return ""
	}
	return address
}
