package web

import "loalang/recordings"

// measuresJSON is what an import measured.
type measuresJSON struct {
	Before  heardJSON `json:"before" doc:"As it came."`
	After   heardJSON `json:"after" doc:"The play copy."`
	Lead    float64   `json:"lead" doc:"Seconds that were cut away before the first sound."`
	Tail    float64   `json:"tail" doc:"Seconds that were cut away after the last sound."`
	Channel string    `json:"channel,omitempty" enum:"left,right" doc:"The one channel that was taken of a stereo sound."`
	Hum     float64   `json:"hum,omitempty" doc:"Hz of a mains hum that was taken out."`
	Decay   float64   `json:"decay,omitempty" doc:"Seconds that the room rings to -60 dB, where the speech tells."`
	Twin    string    `json:"twin,omitempty" doc:"ID of the recording that was there with the same sound in another file."`
}

// heardJSON is one side of an import.
type heardJSON struct {
	Length   float64 `json:"length" doc:"Seconds."`
	LUFS     float64 `json:"lufs"`
	TruePeak float64 `json:"true_peak" doc:"dBTP."`
	Floor    float64 `json:"floor" doc:"dBFS of the pauses."`
	Margin   float64 `json:"margin" doc:"dB that the speech stands above the pauses."`
	Clipped  float64 `json:"clipped" doc:"Share of the wave that is cut off, 0 to 1."`
	Wave     []int   `json:"wave" doc:"Outline: highest magnitude in spans of equal length, 255 is full scale."`
}

func heardOf(h recordings.Heard) heardJSON {
	j := heardJSON{Length: h.Length.Seconds(), LUFS: h.Loudness, TruePeak: h.TruePeak, Floor: h.Floor, Margin: h.Margin, Clipped: h.Clipped, Wave: make([]int, len(h.Wave))}
	for i, v := range h.Wave {
		j.Wave[i] = int(v)
	}
	return j
}

// measuresOf are the measures of a recording, or nil.
func measuresOf(m recordings.Measures) *measuresJSON {
	if m.Before.Wave == nil {
		return nil
	}
	return &measuresJSON{
		Before: heardOf(m.Before), After: heardOf(m.After), Lead: m.Lead.Seconds(), Tail: m.Tail.Seconds(),
		Channel: string(m.Channel), Hum: m.Hum, Decay: m.Decay, Twin: m.Twin,
	}
}
