// Package instance is what every backend does alike for one instance of
// Blender: its environment, the placeholders of its strings, its folder, and its
// command line for a shell.
//
//	env := instance.Env(spec.ID, dir)
//	for name, value := range spec.Env {
//		if env[name], err = instance.Expand(value, dir, mounts); err != nil {
//			return err
//		}
//	}
//	fmt.Println(instance.Quote(command...))
package instance
