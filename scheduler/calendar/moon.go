package calendar

import "math"

// synodicMonth is the mean time from new moon to new moon, in days.
const synodicMonth = 29.530588861

// firstMoon is the Julian day of the mean new moon of 6 January 2000, from
// which new moons are counted.
const firstMoon = 2451550.09766

// phase is one term of the time of new moon: multiples of M, M′, F and Ω, the
// power of the Earth's eccentricity, and the sine in days.
type phase struct {
	m, mm, f, o float64
	e           int
	size        float64
}

// phases are the periodic terms of new moon of Meeus chapter 49.
var phases = []phase{
	{0, 1, 0, 0, 0, -0.40720},
	{1, 0, 0, 0, 1, 0.17241},
	{0, 2, 0, 0, 0, 0.01608},
	{0, 0, 2, 0, 0, 0.01039},
	{-1, 1, 0, 0, 1, 0.00739},
	{1, 1, 0, 0, 1, -0.00514},
	{2, 0, 0, 0, 2, 0.00208},
	{0, 1, -2, 0, 0, -0.00111},
	{0, 1, 2, 0, 0, -0.00057},
	{1, 2, 0, 0, 1, 0.00056},
	{0, 3, 0, 0, 0, -0.00042},
	{1, 0, 2, 0, 1, 0.00042},
	{1, 0, -2, 0, 1, 0.00038},
	{-1, 2, 0, 0, 1, -0.00024},
	{0, 0, 0, 1, 0, -0.00017},
	{2, 1, 0, 0, 0, -0.00007},
	{0, 2, -2, 0, 0, 0.00004},
	{3, 0, 0, 0, 0, 0.00004},
	{1, 1, -2, 0, 0, 0.00003},
	{0, 2, 2, 0, 0, 0.00003},
	{1, 1, 2, 0, 0, -0.00003},
	{-1, 1, 2, 0, 0, 0.00003},
	{-1, 1, -2, 0, 0, -0.00002},
	{1, 3, 0, 0, 0, -0.00002},
	{0, 4, 0, 0, 0, 0.00002},
}

// planets are the additional terms of Meeus chapter 49: the argument in degrees
// and its change from one new moon to the next, then the sine in 1e-6 days.
var planets = [][3]float64{
	{299.77, 0.107408, 325},
	{251.88, 0.016321, 165},
	{251.83, 26.651886, 164},
	{349.42, 36.412478, 126},
	{84.66, 18.206239, 110},
	{141.74, 53.303771, 62},
	{207.14, 2.453732, 60},
	{154.84, 7.306860, 56},
	{34.52, 27.261239, 47},
	{207.19, 0.121824, 42},
	{291.34, 1.844379, 40},
	{161.72, 24.198154, 37},
	{239.56, 25.513099, 35},
	{331.55, 3.592518, 23},
}

// newMoon is the Julian day of Terrestrial Time of the k-th new moon after the
// one of 6 January 2000; k may be negative (Meeus chapter 49). Meeus gives its
// greatest error as 17 seconds between 1980 and 2020.
func newMoon(k int) float64 {
	n := float64(k)
	t := n / 1236.85
	e := 1 - 0.002516*t - 0.0000074*t*t
	eccentricity := [3]float64{1, e, e * e}
	m := 2.5534 + 29.10535670*n - 0.0000014*t*t - 0.00000011*t*t*t
	mm := 201.5643 + 385.81693528*n + 0.0107582*t*t + 0.00001238*t*t*t - 0.000000058*t*t*t*t
	f := 160.7108 + 390.67050284*n - 0.0016118*t*t - 0.00000227*t*t*t + 0.000000011*t*t*t*t
	o := 124.7746 - 1.56375588*n + 0.0020672*t*t + 0.00000215*t*t*t
	jde := firstMoon + synodicMonth*n + 0.00015437*t*t - 0.000000150*t*t*t + 0.00000000073*t*t*t*t
	for _, p := range phases {
		jde += p.size * eccentricity[p.e] * math.Sin((p.m*m+p.mm*mm+p.f*f+p.o*o)*degree)
	}
	for i, p := range planets {
		angle := p[0] + p[1]*n
		if i == 0 {
			angle -= 0.009173 * t * t
		}
		jde += p[2] * 1e-6 * math.Sin(angle*degree)
	}
	return jde
}

// moonBefore counts the last new moon at or before a Julian day, to within one:
// the mean moon strays by at most 14 hours from the true one.
func moonBefore(jd float64) int {
	return int(math.Floor((jd - firstMoon) / synodicMonth))
}
