package explain

// Cause is why something went wrong.
type Cause struct {
	// Name of the rule that found it, e.g. "os-exit". Stable.
	Name string
	// Text is one sentence, with the line of source where that is known.
	Text string
	// Fix is what helps; "" for the check's own remedy.
	Fix string
}

// rule is one cause: it looks at the facts and tells whether they are its own. Each
// stands in a file of its own.
type rule struct {
	name string
	fits func(f Facts) (text, fix string, ok bool)
}

// deaths are the causes of an end that nobody asked for, the surest first: what the
// kernel says, what the witness saw, what the output shows, and last what is left.
var deaths = []rule{
	diedForMemory,
	diedOfSIGPIPE,
	diedOfRecursion,
	diedOfACrash,
	diedOfItsTimer,
	diedOfASignal,
	diedByOSExit,
	diedAtStdin,
	diedUncompiled,
	diedWithoutModule,
	diedUncaught,
	diedOfSystemExit,
	diedBeforePython,
	diedWithCode,
	diedRefusing,
	diedWithoutScript,
	diedUnderOurKeepAlive,
	diedWithDaemons,
	diedOnStatus,
	diedWaitingForTimers,
	diedWaitingForEvents,
	diedAfterServing,
	diedReturned,
}

// first is the cause of the first rule that fits.
func first(rules []rule, f Facts) Cause {
	for _, r := range rules {
		if text, fix, ok := r.fits(f); ok {
			return Cause{r.name, text, fix}
		}
	}
	return Cause{}
}

// Death says why a life ended that nobody asked to end; the zero Cause while it runs.
func Death(f Facts) Cause {
	if f.Exit == nil {
		return Cause{}
	}
	return first(deaths, f)
}

// Ended says how a life ended that nobody asked to end, and why.
func Ended(f Facts) (seen, diagnosis string) {
	if f.Exit == nil {
		return "it runs", ""
	}
	return HowEnded(f.Exit), Death(f).Text
}
