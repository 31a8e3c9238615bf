// Package supervise starts Blender so that it and all that descends from it end
// with the program that started them, even when that is killed with -9. Between
// the two stands the supervisor: the running program itself, started again
// under the name bgcheck-supervisor; see supervisor.go.
//
//	p, err := supervise.Start(ctx, id, supervise.Order{Path: blender, Args: args, Env: env, Dir: home}, log)
//	if err != nil {
//		return err
//	}
//	_ = p.Signal(ctx, syscall.SIGTERM)
//	<-p.Done()
//	fmt.Println(p.End().Code)
package supervise
