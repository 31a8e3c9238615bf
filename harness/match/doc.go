// Package match holds Gomega matchers over a running Blender, its exit, its
// log and its usage.
//
//	Expect(b).To(BeAlive())
//	Expect(b).To(Answer(service.TCPJSON(address), `{"message": "hello"}`))
//	Expect(b).To(ListenOnlyOnLoopback())
//	Expect(b.Signal(ctx, syscall.SIGTERM)).To(Succeed())
//	Eventually(b).WithTimeout(5 * time.Second).Should(ExitCleanly())
//	Expect(b).To(HaveLogged(`^saved \d+ files$`))
//	Expect(b).To(LeaveNothingBehind())
//
// Those about the end take a *harness.Blender or a *harness.Exit. With a
// Blender that runs they do not match yet, so they are for Eventually, which
// they stop early: once Blender has ended differently, waiting is over. Give
// Eventually the Blender and not a function such as b.Exit, whose value Gomega
// takes to change for ever.
//
// A failure message holds what was wanted, how Blender ended, the command to
// repeat it by hand, and the last lines of its log.
//
// Something that cannot be judged is an error, which fails To and ToNot alike:
// a value of the wrong type, an exit nobody saw, a window of no length.
package match
