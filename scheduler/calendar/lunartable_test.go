package calendar_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"loalang/scheduler/calendar"
)

// TestLunarTable compares every day of 1968 to 2099 with a table that was made
// without this package: testdata/lunar.txt says how.
func TestLunarTable(t *testing.T) {
	file, err := os.Open("testdata/lunar.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	days := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		var year, leap int
		var tet, lengths string
		if _, err := fmt.Sscan(lines.Text(), &year, &tet, &leap, &lengths); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		days += compareYear(t, year, tet, leap, lengths)
	}
	if want := 48224; days != want { // Tết 1968 to the day before Tết 2100
		t.Errorf("%d days compared, want %d", days, want)
	}
}

// compareYear compares a lunar year with its line of the table, both ways.
func compareYear(t *testing.T, year int, tet string, leap int, lengths string) int {
	t.Helper()
	first, err := time.Parse(time.DateOnly, tet)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := calendar.LeapMonth(year); err != nil || got != leap {
		t.Errorf("the leap month of %d follows %d (%v), want %d", year, got, err, leap)
	}
	d := calendar.DateOf(first, time.UTC)
	want, days := calendar.Lunar{Year: year, Month: 1}, 0
	for _, sign := range lengths {
		length := map[rune]int{'+': 30, '-': 29}[sign]
		if got, err := calendar.LunarMonthLength(want.Year, want.Month, want.Leap); err != nil || got != length {
			t.Errorf("%d/%d (leap %v) has %d days (%v), want %d", want.Month, want.Year, want.Leap, got, err, length)
		}
		for want.Day = 1; want.Day <= length; want.Day++ {
			if got, err := calendar.ToLunar(d); err != nil || got != want {
				t.Fatalf("ToLunar(%s) = %s (%v), want %s", d, got, err, want)
			}
			if got, err := calendar.ToSolar(want); err != nil || got != d {
				t.Fatalf("ToSolar(%s) = %s (%v), want %s", want, got, err, d)
			}
			d = d.AddDays(1)
			days++
		}
		if want.Month == leap && !want.Leap {
			want.Leap = true
		} else {
			want.Leap, want.Month = false, want.Month+1
		}
	}
	return days
}

// TestWhereVietnamAndChinaDiffer names the years whose Tết the two countries
// keep on different days: an hour of meridian is all that parts them.
func TestWhereVietnamAndChinaDiffer(t *testing.T) {
	want := map[int]string{
		1968: "1968-01-29 1968-01-30", 1969: "1969-02-16 1969-02-17", 1985: "1985-01-21 1985-02-20",
		2007: "2007-02-17 2007-02-18", 2030: "2030-02-02 2030-02-03", 2053: "2053-02-18 2053-02-19",
	}
	for year := 1968; year <= 2099; year++ {
		vietnam, _ := calendar.Tet(year, 7)
		china, _ := calendar.Tet(year, 8)
		got := ""
		if vietnam != china {
			got = vietnam.String() + " " + china.String()
		}
		if got != want[year] {
			t.Errorf("%d: Vietnam and China: %q, want %q", year, got, want[year])
		}
	}
}

func BenchmarkToLunar(b *testing.B) {
	d := calendar.Date{2026, 1, 1}
	for i := 0; b.Loop(); i++ {
		if _, err := calendar.ToLunar(d.AddDays(i % 365)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLunarYear is a year that nobody has asked for yet.
func BenchmarkLunarYear(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		calendar.Tet(1968+i%132, 7)
	}
}
