package web

import "github.com/prometheus/client_golang/prometheus"

// voiceCollector asks at each scrape which voices do not speak.
type voiceCollector struct{ voices Prompter }

var (
	voiceSilent   = prometheus.NewDesc("loalang_voice_silent_since_seconds", "Unix time since which a voice does not speak; absent for voices that do.", []string{"voice", "code"}, nil)
	voiceFallback = prometheus.NewDesc("loalang_voice_fallbacks_total", "How often another voice spoke instead of one, since the program started.", []string{"voice"}, nil)
)

// Describe implements prometheus.Collector.
func (vc voiceCollector) Describe(out chan<- *prometheus.Desc) {
	out <- voiceSilent
	out <- voiceFallback
}

// Collect implements prometheus.Collector.
func (vc voiceCollector) Collect(out chan<- prometheus.Metric) {
	for _, t := range vc.voices.Troubles() {
		out <- prometheus.MustNewConstMetric(voiceSilent, prometheus.GaugeValue, float64(t.Since.Unix()), t.Voice.ID, string(t.Fault.Code))
	}
	for id, n := range vc.voices.Fallbacks() {
		out <- prometheus.MustNewConstMetric(voiceFallback, prometheus.CounterValue, float64(n), id)
	}
}
