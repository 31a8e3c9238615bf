package report

import (
	"cmp"
	"slices"
	"strings"
)

// column is one target on one Blender by one backend: what a column of the
// matrix tells of.
type column struct {
	Name string // of the Blender and the backend, as far as it tells columns apart
	*Report
}

// columns parts records by target, and puts shards together.
//
// A record that came to no target, for want of a Blender say, is a column of the
// one target that the others are of.
func columns(given []*Report) []column {
	var list []column
	records := slices.Clone(given)
	if only := onlyTarget(records); only != "" {
		for i, r := range records {
			if r.Target == "" && len(r.Checks) == 0 {
				one := *r
				one.Target = only
				records[i] = &one
			}
		}
	}
next:
	for _, record := range records {
		for _, one := range record.byTarget() {
			for _, c := range list {
				if c.shardOf(one) {
					c.take(one)
					continue next
				}
			}
			list = append(list, column{Report: one})
		}
	}
	for i := range list {
		list[i].Name = list[i].name(list, i)
	}
	return list
}

// onlyTarget is the name of the target that all records with a target are of; ""
// when there are several.
func onlyTarget(records []*Report) string {
	only := ""
	for _, r := range records {
		if r.Target != "" && only != "" && r.Target != only {
			return ""
		}
		only = cmp.Or(only, r.Target)
	}
	return only
}

// byTarget is the report as one for each of its targets, fit to be shown.
func (r *Report) byTarget() []*Report {
	var list []*Report
	at := map[string]*Report{}
	of := func(target, file string) *Report {
		if one := at[target]; one != nil {
			return one
		}
		one := *r
		one.Checks, one.NotJudged, one.Courses = nil, nil, nil
		if target != "" {
			one.Target, one.TargetFile = target, file
		}
		for _, text := range []*string{
			&one.Target, &one.TargetFile, &one.StartedBy, &one.Backend, &one.Blender.Version, &one.Blender.Path, &one.Blender.Image,
			&one.Machine.OS, &one.Machine.Arch, &one.Machine.CPU,
		} {
			*text = bound(strings.TrimSpace(Clean(*text)), maxLine)
		}
		at[target] = &one
		list = append(list, &one)
		return &one
	}
	for _, check := range r.Checks {
		one := of(check.Target, check.TargetFile)
		check = check.clean()
		check.Target = ""
		one.Checks = append(one.Checks, check)
	}
	for _, title := range r.NotJudged {
		name, target, _ := strings.Cut(title, " ")
		one := of(target, "")
		one.NotJudged = append(one.NotJudged, Clean(name))
	}
	if len(list) == 0 {
		of("", "")
	}
	for _, c := range r.Courses {
		if one := at[c.Target]; one != nil {
			one.Courses = append(one.Courses, c.clean())
		}
	}
	return list
}

// shardOf tells whether other is another part of the same run of checks: the same
// target, Blender, backend and machine, and no check in both.
func (c column) shardOf(other *Report) bool {
	if c.Target != other.Target || c.Backend != other.Backend || c.Blender != other.Blender || c.Machine != other.Machine ||
		len(c.Checks) == 0 || len(other.Checks) == 0 {
		return false
	}
	return !slices.ContainsFunc(other.Checks, func(r Result) bool { return c.result(r.Name) != nil })
}

// take adds a shard.
func (c column) take(other *Report) {
	c.Checks = append(c.Checks, other.Checks...)
	slices.SortStableFunc(c.Checks, func(a, b Result) int { return strings.Compare(a.area(), b.area()) })
	c.Problems = append(slices.Clone(c.Problems), other.Problems...)
	c.Unfinished = append(slices.Clone(c.Unfinished), other.Unfinished...)
	c.NotJudged = append(slices.Clone(c.NotJudged), other.NotJudged...)
	c.Interrupted = c.Interrupted || other.Interrupted
	c.Courses = append(slices.Clone(c.Courses), other.Courses...)
	c.Seconds = max(c.Seconds, other.Seconds)
}

// result is the column's result of that name, or nil.
func (c column) result(name string) *Result {
	for i := range c.Checks {
		if c.Checks[i].Name == name {
			return &c.Checks[i]
		}
	}
	return nil
}

// name is how column i of the list is told from the others of its target: by the
// Blender's version, else the backend, the machine, the time.
func (c column) name(list []column, i int) string {
	name := "no Blender"
	if c.Blender.Version != "" {
		name = "Blender " + c.Blender.Version
	}
	for _, part := range []func(column) string{
		func(c column) string { return c.Backend },
		func(c column) string { return cmp.Or(c.Blender.Image, c.Blender.Path) },
		func(c column) string { return strings.Trim(c.Machine.OS+"/"+c.Machine.Arch+" "+c.Machine.CPU, "/ ") },
		func(c column) string { return c.Started.UTC().Format("2006-01-02 15:04:05") },
	} {
		alike, differs := 0, false
		for k, other := range list {
			if k == i || other.Target != c.Target || other.Blender.Version != c.Blender.Version {
				continue
			}
			alike++
			differs = differs || part(other) != part(c)
		}
		if alike == 0 {
			break
		}
		if differs {
			name += ", " + part(c)
		}
	}
	return name
}

// word is the column's verdict in one word.
func (c column) Word() Verdict {
	switch err := c.Err(); {
	case err == nil && c.Count(Warn) > 0:
		return Warn
	case err == nil:
		return Pass
	case c.Count(Fail) > 0:
		return Fail
	}
	return Inconclusive
}
