package calendar

// earthLag is ΔT, Terrestrial minus Universal Time in seconds, every five years
// from 1965: observed to 2025 (IERS), from then on a guess that meets the curve
// of Espenak and Meeus in 2050. How the Earth will turn nobody knows: their
// curve, which almanacs and printed calendars use, may prove a minute too large
// in 2099. ADR 26 names the months that hang on it.
var earthLag = []float64{
	35.7, 40.2, 45.5, 50.5, 54.3, 56.9, 60.8, 63.8, 64.7, 66.1, 67.6, 69.4, 69.1,
	72, 76, 81, 87, 93,
}

// deltaT is Terrestrial minus Universal Time in days at a Julian day, 1965 to
// 2200 (Espenak and Meeus, Five Millennium Canon of Solar Eclipses, 2006).
func deltaT(jd float64) float64 {
	const day = 86400
	year := 2000 + (jd-j2000)/365.25
	at := max(0, (year-1965)/5)
	if i := int(at); i < len(earthLag)-1 {
		return (earthLag[i] + (earthLag[i+1]-earthLag[i])*(at-float64(i))) / day
	}
	u := (year - 1820) / 100
	return (-20 + 32*u*u - 0.5628*max(0, 2150-year)) / day
}
