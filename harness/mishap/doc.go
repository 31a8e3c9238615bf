// Package mishap holds what goes wrong around a Blender that is in use, as a table:
// it is stopped and goes on, has no descriptor or memory left, its disk is full, its
// network is slow or cut. Each is made to happen to one living Blender and taken away
// again; what the service does then is for the checks of the area faults to judge.
//
//	done, err := mishap.Freeze.Inject(ctx, life)
//	if err != nil {
//		return err
//	}
//	contract.Pause(ctx, time.Second)
//	err = done()
package mishap
