package calendar

// earthLag is ΔT, Terrestrial minus Universal Time in seconds, every five years
// from 1965: observed to 2025 (IERS), from then on the parabola of Morrison,
// Stephenson, Hohenkerk and Zawilski (2021) blended in from the value observed.
// What it will be in 2099 nobody knows to better than half a minute.
var earthLag = []float64{
	35.7, 40.2, 45.5, 50.5, 54.3, 56.9, 60.8, 63.8, 64.7, 66.1, 67.6, 69.4, 69.1,
}

// deltaT is Terrestrial minus Universal Time in days at a Julian day.
func deltaT(jd float64) float64 {
	const day = 86400
	year := 2000 + (jd-j2000)/365.25
	at := (year - 1965) / 5
	last := len(earthLag) - 1
	switch i := int(at); {
	case at <= 0:
		return earthLag[0] / day
	case i < last:
		return (earthLag[i] + (earthLag[i+1]-earthLag[i])*(at-float64(i))) / day
	default:
		// 31.4 s/cy² around 1825, which is 70.6 s less than nothing observed in
		// 2025: the difference dies out over a century.
		ahead := year - 2025
		return (earthLag[last] + 0.2*ahead + 0.0031*ahead*ahead) / day
	}
}
