package harness

// OtherForm writes Blender's own options in their short forms, and the one for
// background mode behind the one for factory settings, as other people would:
// "--factory-startup -b ... -P script". It means the same to Blender.
func OtherForm() Option { return func(s *settings) { s.otherForm = true } }

// first are the options that every launch begins with.
func (s *settings) first() []string {
	if s.otherForm {
		return []string{"--factory-startup", "-b"}
	}
	return []string{"--background", "--factory-startup"}
}

// python is the option that a script stands behind.
func (s *settings) python() string {
	if s.otherForm {
		return "-P"
	}
	return "--python"
}
