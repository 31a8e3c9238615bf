package bench

// Names of the servers, as in the JSON.
const (
	Limit     = "asyncio"  // plain Python, asyncio streams
	Protocol  = "protocol" // plain Python, asyncio.Protocol
	Reference = "bgcheck"  // the reference add-on under the keep-alive
	Blocking  = "blocking" // an accept loop inside Blender
	Seeds10   = "seeds10"
	Seeds50   = "seeds50"
	BareEnd   = "bare"         // an empty script, to Blender's end
	BareStart = "bare-reached" // a script of one line, to its line
	Witnessed = "bgcheck-witness"
	Wire      = "wire" // no service: one thread sends back what another sends
)

// measure is one row of the table.
type measure struct {
	key, label, base string
	decimals         int
	of               func(Round) float64 // 0: not measured
}

func p50(p *Percentiles) float64 {
	if p == nil {
		return 0
	}
	return p.P50
}

func cpu(p *Percentiles) float64 {
	if p == nil {
		return 0
	}
	return p.CPU
}

func perSecond(p *Percentiles) float64 {
	if p == nil {
		return 0
	}
	return p.PerSecond
}

var measures = []measure{
	{"echo_p50_ms", "echo p50, ms", Limit, 3, func(r Round) float64 { return p50(r.Echo) }},
	{"echo_p95_ms", "echo p95, ms", Limit, 3, func(r Round) float64 {
		if r.Echo == nil {
			return 0
		}
		return r.Echo.P95
	}},
	{"echo_p99_ms", "echo p99, ms", Limit, 3, func(r Round) float64 {
		if r.Echo == nil {
			return 0
		}
		return r.Echo.P99
	}},
	{"kept_p50_ms", "kept open p50, ms", Protocol, 3, func(r Round) float64 { return p50(r.Kept) }},
	{"exec_p50_ms", "exec p50, ms", Limit, 3, func(r Round) float64 { return p50(r.Exec) }},
	{"exec_same_p50_ms", "same exec p50, ms", Limit, 3, func(r Round) float64 { return p50(r.Same) }},
	{"echo_cpu_us", "echo CPU, us/request", Limit, 0, func(r Round) float64 { return cpu(r.Echo) }},
	{"kept_cpu_us", "kept open CPU, us", Protocol, 0, func(r Round) float64 { return cpu(r.Kept) }},
	{"exec_cpu_us", "exec CPU, us/request", Limit, 0, func(r Round) float64 { return cpu(r.Exec) }},
	{"requests_1", "requests/s, 1 client", Limit, 0, func(r Round) float64 { return perSecond(r.Echo) }},
	{"requests_32", "requests/s, 32 clients", Limit, 0, func(r Round) float64 { return perSecond(r.Many) }},
	{"launch_ms", "launch to answer, ms", BareEnd, 0, func(r Round) float64 { return r.Launch }},
	{"stop_ms", "SIGTERM to exit, ms", Limit, 0, func(r Round) float64 { return r.Stop }},
}

// summarise makes the rows of the table.
func summarise(servers []*Measured) []Row {
	var rows []Row
	for _, m := range measures {
		row := Row{Key: m.key, Label: m.label, Base: m.base, Cells: map[string]Cell{}, decimals: m.decimals}
		for _, s := range servers {
			base := find(servers, m.base)
			if m.base == BareEnd && (s.Name == Limit || s.Name == Protocol) {
				base = nil // no Blender
			}
			var values, ratios []float64
			for i, round := range s.Rounds {
				value := m.of(round)
				if value == 0 {
					continue
				}
				values = append(values, value)
				if base != nil && i < len(base.Rounds) && m.of(base.Rounds[i]) > 0 {
					ratios = append(ratios, value/m.of(base.Rounds[i]))
				}
			}
			if len(values) > 0 {
				row.Cells[s.Name] = Cell{median(values), least(values), most(values), finite(median(ratios))}
			}
		}
		rows = append(rows, row)
	}
	single := func(key, label string, decimals int, of func(*Measured) float64) {
		row := Row{Key: key, Label: label, Cells: map[string]Cell{}, decimals: decimals}
		for _, s := range servers {
			if s.Idle != nil {
				value := of(s)
				row.Cells[s.Name] = Cell{Value: value, Min: value, Max: value}
			}
		}
		rows = append(rows, row)
	}
	single("idle_cpu_percent", "idle CPU, % of a core", 4, func(s *Measured) float64 { return 100 * s.Idle.CPU })
	single("idle_wakeups", "idle wake-ups/s", 2, func(s *Measured) float64 { return s.Idle.Wakeups })
	single("memory_mb", "resident memory, MB", 0, func(s *Measured) float64 { return float64(s.Memory) / 1e6 })
	return rows
}

func find(servers []*Measured, name string) *Measured {
	for _, s := range servers {
		if s.Name == name {
			return s
		}
	}
	return nil
}

func least(values []float64) float64 {
	low := values[0]
	for _, v := range values {
		low = min(low, v)
	}
	return low
}

func most(values []float64) float64 {
	high := values[0]
	for _, v := range values {
		high = max(high, v)
	}
	return high
}

// aim is one thing asked of the reference add-on.
type aim struct {
	name, key, unit string
	bound           float64
	ratio, atLeast  bool
}

var aimed = []aim{
	{name: "echo p50 to the limit's", key: "echo_p50_ms", bound: 1, ratio: true},
	{name: "echo p95 to the limit's", key: "echo_p95_ms", bound: 1, ratio: true},
	{name: "exec p50 to the limit's", key: "exec_p50_ms", bound: 1, ratio: true},
	{name: "requests/s of 1 client to the limit's", key: "requests_1", bound: 1, ratio: true, atLeast: true},
	{name: "requests/s of 32 clients to the limit's", key: "requests_32", bound: 1, ratio: true, atLeast: true},
	{name: "kept open p50", key: "kept_p50_ms", unit: "ms", bound: 0.05},
	{name: "idle CPU", key: "idle_cpu_percent", unit: "%", bound: 0.02},
	{name: "idle wake-ups", key: "idle_wakeups", unit: "/s", bound: 2},
	{name: "SIGTERM to exit", key: "stop_ms", unit: "ms", bound: 100},
	{name: "launch to answer, to the bare start", key: "launch_ms", bound: 1.05, ratio: true},
}

// judge compares the reference with what was aimed at.
func judge(rows []Row) []Aim {
	var aims []Aim
	for _, a := range aimed {
		for _, row := range rows {
			cell, ok := row.Cells[Reference]
			if row.Key != a.key || !ok {
				continue
			}
			value := cell.Value
			if a.ratio {
				value = cell.Ratio
			}
			met := value <= a.bound
			if a.atLeast {
				met = value >= a.bound
			}
			aims = append(aims, Aim{a.name, value, a.bound, a.atLeast, met, a.unit})
		}
	}
	return aims
}
