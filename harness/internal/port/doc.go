// Package port reserves TCP ports without a race, for services that cannot ask
// the kernel for a free one.
//
//	r, err := port.Reserve()
//	if err != nil {
//		return err
//	}
//	defer r.Release()
//	fmt.Println(r.Port)
package port
