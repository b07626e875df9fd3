package web

import (
	"github.com/prometheus/client_golang/prometheus"

	"loalang/health"
)

// healthCollector tells at each scrape what was measured last.
type healthCollector struct{ s *Server }

// healthMetric is one number of a measurement.
type healthMetric struct {
	name, help string
	value      func(m health.Measurement) (n float64, measured bool)
}

// healthMetrics are named after the conventions of Prometheus: base units, and what is
// counted at the end.
func healthMetrics() []healthMetric {
	return []healthMetric{
		{"loalang_board_temperature_celsius", "The hottest zone of the board.", func(m health.Measurement) (float64, bool) {
			if m.Temperature == nil {
				return 0, false
			}
			return *m.Temperature, true
		}},
		{"loalang_board_undervoltage", "1 while the supply's voltage is too low.", func(m health.Measurement) (float64, bool) {
			return oneIf(m.Power != nil && m.Power.Low), m.Power != nil
		}},
		{"loalang_disk_free_bytes", "Free room on the disk of the data.", ofDisk(func(d health.DiskState) float64 { return float64(d.Free) })},
		{"loalang_disk_size_bytes", "Size of the disk of the data.", ofDisk(func(d health.DiskState) float64 { return float64(d.Size) })},
		{"loalang_disk_free_inodes", "How many more files the disk of the data takes.", ofDisk(func(d health.DiskState) float64 { return float64(d.FreeNodes) })},
		{"loalang_disk_read_only", "1 while the disk of the data takes no writes.", ofDisk(func(d health.DiskState) float64 { return oneIf(d.ReadOnly || d.Gone) })},
		{"loalang_disk_wear_ratio", "How much of its life the disk has used up, at most.", func(m health.Measurement) (float64, bool) {
			if m.Wear == nil {
				return 0, false
			}
			return *m.Wear / 100, true
		}},
		{"loalang_memory_available_bytes", "Available memory of the machine.", ofMemory(func(u health.MemoryState) float64 { return float64(u.Available) })},
		{"loalang_memory_resident_bytes", "Resident memory of the program and all that it started.", ofMemory(func(u health.MemoryState) float64 { return float64(u.Ours) })},
		{"loalang_open_files", "Files that the program has open.", func(m health.Measurement) (float64, bool) {
			if m.Descriptors == nil {
				return 0, false
			}
			return float64(m.Descriptors.Open), true
		}},
		{"loalang_clock_age_seconds", "Since somebody vouched for the time.", func(m health.Measurement) (float64, bool) {
			if m.Clock == nil || m.Clock.Never {
				return 0, false
			}
			return m.Clock.Age.Seconds(), true
		}},
		{"loalang_backup_age_seconds", "Since the newest backup that is whole.", func(m health.Measurement) (float64, bool) {
			if m.Backup == nil || m.Backup.Last.IsZero() {
				return 0, false
			}
			return m.At.Sub(m.Backup.Last).Seconds(), true
		}},
		{"loalang_recordings_lost", "Recordings of which a file is damaged or missing and not made good.", func(m health.Measurement) (float64, bool) {
			if m.Recordings == nil {
				return 0, false
			}
			return float64(m.Recordings.Damaged + m.Recordings.Missing), true
		}},
		{"loalang_link_up", "1 while there is a way to the network.", func(m health.Measurement) (float64, bool) {
			return oneIf(m.Link != nil && m.Link.Up), m.Link != nil
		}},
		{"loalang_plan_occurrences", "Occurrences that are still to come.", func(m health.Measurement) (float64, bool) {
			if m.Plan == nil {
				return 0, false
			}
			return float64(m.Plan.Count), true
		}},
	}
}

func ofMemory(number func(health.MemoryState) float64) func(health.Measurement) (float64, bool) {
	return func(m health.Measurement) (float64, bool) {
		if m.Memory == nil {
			return 0, false
		}
		return number(*m.Memory), true
	}
}

func ofDisk(number func(health.DiskState) float64) func(health.Measurement) (float64, bool) {
	return func(m health.Measurement) (float64, bool) {
		if m.Disk == nil || m.Disk.Failed != "" {
			return 0, false
		}
		return number(*m.Disk), true
	}
}

var (
	healthLevel = prometheus.NewDesc("loalang_health_level", "How a part of the board is: 1 well, 2 warning, 3 fault; a part that is not measured is absent.", []string{"part"}, nil)
	healthTime  = prometheus.NewDesc("loalang_health_measured_timestamp_seconds", "When the board was measured last.", nil, nil)
	loopAge     = prometheus.NewDesc("loalang_loop_age_seconds", "Since a loop of the program last came round.", []string{"loop"}, nil)
)

// Describe implements prometheus.Collector.
func (hc healthCollector) Describe(out chan<- *prometheus.Desc) {
	for _, m := range healthMetrics() {
		out <- prometheus.NewDesc(m.name, m.help, nil, nil)
	}
	out <- healthLevel
	out <- healthTime
	out <- loopAge
}

// Collect implements prometheus.Collector.
func (hc healthCollector) Collect(out chan<- prometheus.Metric) {
	if hc.s.cfg.Loops != nil {
		for _, a := range hc.s.cfg.Loops.Ages() {
			out <- prometheus.MustNewConstMetric(loopAge, prometheus.GaugeValue, a.Age.Seconds(), a.Name)
		}
	}
	r := hc.s.health()
	if len(r.Findings) == 0 {
		return
	}
	out <- prometheus.MustNewConstMetric(healthTime, prometheus.GaugeValue, float64(r.At.Unix()))
	for _, f := range r.Findings {
		if f.Level != health.Unmeasured {
			out <- prometheus.MustNewConstMetric(healthLevel, prometheus.GaugeValue, float64(f.Level.Rank()), string(f.Part))
		}
	}
	measured := hc.s.cfg.Health.Measured()
	for _, m := range healthMetrics() {
		if n, ok := m.value(measured); ok {
			out <- prometheus.MustNewConstMetric(prometheus.NewDesc(m.name, m.help, nil, nil), prometheus.GaugeValue, n)
		}
	}
}
