package explain

// diedForMemory: the kernel chose it. The container's launcher, or the cgroup's own
// count of such kills, has told.
var diedForMemory = rule{"memory", func(f Facts) (text, fix string, ok bool) {
	if !f.Exit.OOM {
		return "", "", false
	}
	where := "the kernel ended it for want of memory (SIGKILL): the machine's memory, or the limit of its control group, was used up"
	if f.Backend == "container" {
		where = "the kernel ended it for want of memory (SIGKILL): the container's limit was used up"
	}
	return where, "See what it holds before it ends (idle/memory measures that), and free what requests leave behind:\n" +
		"    bpy.data.images.remove(image)\n" +
		"    bpy.data.orphans_purge()\n" +
		"or raise the limit: docker run --memory, MemoryMax= of a systemd unit, a pod's limits.", true
}}
