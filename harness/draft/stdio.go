package draft

// stdio is where the source reads requests from its standard input, as JSON.
func (s *survey) stdio() (at place, ok bool) {
	if _, isJSON := s.imports["json"]; !isJSON {
		return place{}, false
	}
	if at, ok = s.attributes["stdin"]; ok {
		return at, true
	}
	at, ok = s.imports["sys.stdin"]
	return at, ok
}
