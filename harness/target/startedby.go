package target

// StartedBy says who keeps Blender alive when this target is judged, for the
// headline of a report: a pass under our keep-alive is a pass of the add-on with it.
func (t *Target) StartedBy() string {
	switch {
	case t.IsJob():
		return "as a job"
	case t.IsWorker() && t.Launch.Start == "":
		return "as a worker, which bgcheck gives jobs"
	case t.Hosted():
		return "hosted in bgcheck's service"
	case t.Launch.Start != "":
		return "under bgcheck's keep-alive"
	case t.Launch.Script != "":
		return "as its own script starts it"
	}
	return "as the add-on alone"
}
