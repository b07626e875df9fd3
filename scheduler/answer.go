package scheduler

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Answer is what is put into a text for a Blank.
type Answer struct {
	Written string // as it will stand in the text; empty: nothing was answered
	Hint    string // code of what is worth a second look; empty: nothing
}

// Codes of Hint.
const (
	HintPast  = "past"  // the date is over
	HintSmall = "small" // less than a thousand đồng
)

// Codes of Fault that only answers have.
const (
	FaultAnswerDate   = "answer-date"
	FaultAnswerTime   = "answer-time"
	FaultAnswerMoney  = "answer-money"
	FaultAnswerNumber = "answer-number"
	FaultAnswerPhone  = "answer-phone"
	FaultAnswerSigns  = "answer-brackets" // it has brackets, as blanks have
)

// MaxAnswer is how many characters an answer may have.
const MaxAnswer = 300

// Write turns what a person entered into a blank into words that people read
// easily and the voice reads right: "2026-11-30" and "30/11" become "thứ Hai, ngày
// 30/11/2026", "19:30" and "19h30" "19 giờ 30", "50 nghìn" "50.000 đồng". now is in
// the zone of the village. The fault has no Field; its Code is empty when there is
// none.
func (b Blank) Write(value string, now time.Time) (Answer, Fault) {
	value = spaced(Clean(value))
	switch {
	case value == "":
		return Answer{}, Fault{}
	case utf8.RuneCountInString(value) > MaxAnswer:
		return Answer{}, Fault{Code: FaultTooLong, Limit: strconv.Itoa(MaxAnswer)}
	case hasControl(value, false):
		return Answer{}, Fault{Code: FaultControl}
	case strings.ContainsAny(value, "[]"):
		return Answer{}, Fault{Code: FaultAnswerSigns}
	}
	write := map[BlankKind]func(string, time.Time) (Answer, Fault){
		BlankDate: writeDate, BlankTime: writeTime, BlankMoney: writeMoney, BlankNumber: writeNumber, BlankPhone: writePhone,
	}[b.Kind]
	if write == nil {
		write = writeWords
	}
	return write(value, now)
}

func writeWords(value string, _ time.Time) (Answer, Fault) {
	if !hasWords(value) {
		return Answer{}, Fault{Code: FaultNoWords}
	}
	return Answer{Written: strings.TrimRight(value, " .,;")}, Fault{}
}

var (
	isoDate   = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	typedDate = regexp.MustCompile(`^(?:ngày )?(\d{1,2}) ?(?:[/.-]|tháng) ?(\d{1,2})(?: ?(?:[/.-]|năm) ?(\d{4}))?$`)
)

func writeDate(value string, now time.Time) (Answer, Fault) {
	var year, month, day int
	if m := isoDate.FindStringSubmatch(value); m != nil {
		year, month, day = number(m[1]), number(m[2]), number(m[3])
	} else if m := typedDate.FindStringSubmatch(strings.ToLower(value)); m != nil {
		year, month, day = number(m[3]), number(m[2]), number(m[1])
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	if year == 0 { // the next such day
		year = now.Year()
		if time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Before(today) {
			year++
		}
	}
	d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if d.Year() != year || int(d.Month()) != month || d.Day() != day {
		return Answer{}, Fault{Code: FaultAnswerDate}
	}
	if far := FarFuture(now); d.After(far) {
		return Answer{}, Fault{Code: FaultFarFuture, Limit: far.Format(time.DateOnly)}
	}
	weekday := [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}[d.Weekday()]
	a := Answer{Written: fmt.Sprintf("%s, ngày %d/%d/%d", weekday, day, month, year)}
	if d.Before(today) {
		a.Hint = HintPast
	}
	return a, Fault{}
}

// number is that of a match, whose digits are few; 0 for no digits.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// digitsTime is how a keyboard of digits writes a time: 730, 1930.
var digitsTime = regexp.MustCompile(`^(\d{1,2})(\d{2})$`)

var typedTime = regexp.MustCompile(`^(\d{1,2}) ?(?:(?:h|g|giờ|:|\.) ?(\d{1,2})?)? ?(?:phút|p)?( rưỡi)?(?: (sáng|trưa|chiều|tối))?$`)

func writeTime(value string, _ time.Time) (Answer, Fault) {
	value = digitsTime.ReplaceAllString(value, "$1:$2")
	m := typedTime.FindStringSubmatch(strings.ToLower(value))
	if m == nil || m[2] != "" && m[3] != "" {
		return Answer{}, Fault{Code: FaultAnswerTime}
	}
	hour, minute := number(m[1]), number(m[2])
	if m[3] != "" {
		minute = 30
	}
	switch part := m[4]; {
	case part == "trưa" && hour >= 1 && hour <= 2, (part == "chiều" || part == "tối") && hour >= 1 && hour <= 11:
		hour += 12
	case part == "sáng" && hour > 11, part == "trưa" && (hour < 10 || hour > 14):
		return Answer{}, Fault{Code: FaultAnswerTime}
	}
	if hour > 23 || minute > 59 {
		return Answer{}, Fault{Code: FaultAnswerTime}
	}
	if minute == 0 {
		return Answer{Written: fmt.Sprintf("%d giờ", hour)}, Fault{}
	}
	return Answer{Written: fmt.Sprintf("%d giờ %02d", hour, minute)}, Fault{}
}

var (
	grouped     = regexp.MustCompile(`^\d{1,3}(?:[., ]\d{3})+$`)
	plain       = regexp.MustCompile(`^\d{1,15}(?:[.,]\d{1,6})?$`)
	typedMoney  = regexp.MustCompile(`^([\d., ]*\d) ?(nghìn|ngàn|k|triệu|tr|tỷ|tỉ)?\.? ?(?:đồng|đ|₫|vnđ|vnd)?$`)
	moneyUnits  = map[string]int64{"": 1, "nghìn": 1e3, "ngàn": 1e3, "k": 1e3, "triệu": 1e6, "tr": 1e6, "tỷ": 1e9, "tỉ": 1e9}
	mostMoney   = big.NewRat(1e15, 1)
	smallMoney  = big.NewRat(1000, 1)
	phoneSpaces = strings.NewReplacer(" ", "", ".", "", "-", "", "(", "", ")", "")
)

// quantity reads a number as Vietnamese write it: 50.000 and 50 000 are thousands,
// 1,2 is a fraction. A fraction may also be written with a point, unless three
// digits follow.
func quantity(digits string) (*big.Rat, bool) {
	if grouped.MatchString(digits) {
		digits = strings.NewReplacer(".", "", ",", "", " ", "").Replace(digits)
	}
	if !plain.MatchString(digits) {
		return nil, false
	}
	return new(big.Rat).SetString(strings.Replace(digits, ",", ".", 1))
}

func writeMoney(value string, _ time.Time) (Answer, Fault) {
	m := typedMoney.FindStringSubmatch(strings.ToLower(value))
	if m == nil {
		return Answer{}, Fault{Code: FaultAnswerMoney}
	}
	amount, ok := quantity(m[1])
	if !ok {
		return Answer{}, Fault{Code: FaultAnswerMoney}
	}
	amount.Mul(amount, new(big.Rat).SetInt64(moneyUnits[m[2]]))
	if !amount.IsInt() || amount.Sign() <= 0 || amount.Cmp(mostMoney) > 0 {
		return Answer{}, Fault{Code: FaultAnswerMoney}
	}
	a := Answer{Written: thousands(amount.Num().String()) + " đồng"}
	if amount.Cmp(smallMoney) < 0 {
		a.Hint = HintSmall
	}
	return a, Fault{}
}

// numberRange is two numbers with a dash between, as forecasts have them: "8-9",
// "100 – 200"; a number below zero has its sign before the first.
var numberRange = regexp.MustCompile(`^([^-–]*\d) ?(?:[-–]|đến) ?(\d[^-–]*)$`)

// writeNumber writes a number, or two that a forecast lies between: "8-9" is written
// "8 đến 9", for a dash may be read as minus; "-2" is written "âm 2".
func writeNumber(value string, _ time.Time) (Answer, Fault) {
	if m := numberRange.FindStringSubmatch(strings.ToLower(value)); m != nil {
		low, isLow := quantity(m[1])
		high, isHigh := quantity(m[2])
		if !isLow || !isHigh || low.Cmp(high) >= 0 {
			return Answer{}, Fault{Code: FaultAnswerNumber}
		}
		return Answer{Written: decimal(low) + " đến " + decimal(high)}, Fault{}
	}
	digits, below := value, ""
	for _, sign := range []string{"-", "−", "âm "} {
		if rest, ok := strings.CutPrefix(strings.ToLower(value), sign); ok {
			digits, below = strings.TrimSpace(rest), "âm "
			break
		}
	}
	n, ok := quantity(digits)
	if !ok {
		return Answer{}, Fault{Code: FaultAnswerNumber}
	}
	if n.Sign() == 0 {
		below = ""
	}
	return Answer{Written: below + decimal(n)}, Fault{}
}

// decimal is a number as Vietnamese write it.
func decimal(n *big.Rat) string {
	whole, fraction, _ := strings.Cut(n.FloatString(6), ".")
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		return thousands(whole) + "," + fraction
	}
	return thousands(whole)
}

// thousands puts a point before every third digit from the right.
func thousands(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "." + digits[i:]
	}
	return digits
}

// phoneForms are numbers as they are dialled in Vietnam, with the lengths of the
// groups in which people say them.
var phoneForms = []struct {
	form   *regexp.Regexp
	groups []int
}{
	{regexp.MustCompile(`^1\d{2}$`), []int{3}},                 // 113, 114, 115
	{regexp.MustCompile(`^1[089]00\d{4}$`), []int{4, 4}},       // 1900 1234
	{regexp.MustCompile(`^1[089]00\d{6}$`), []int{4, 3, 3}},    // 1800 123 456
	{regexp.MustCompile(`^0[35789]\d{8}$`), []int{4, 3, 3}},    // mobile
	{regexp.MustCompile(`^02[48]\d{8}$`), []int{3, 4, 4}},      // Hà Nội, Thành phố Hồ Chí Minh
	{regexp.MustCompile(`^02\d{9}$`), []int{4, 3, 4}},          // other provinces
	{regexp.MustCompile(`^1(?:0\d{2}|1[12]\d)$`), []int{2, 2}}, // 1022
}

func writePhone(value string, _ time.Time) (Answer, Fault) {
	digits := phoneSpaces.Replace(value)
	if rest, ok := strings.CutPrefix(digits, "+84"); ok {
		digits = "0" + strings.TrimPrefix(rest, "0")
	}
	for _, p := range phoneForms {
		if !p.form.MatchString(digits) {
			continue
		}
		var parts []string
		for _, n := range p.groups {
			parts, digits = append(parts, digits[:n]), digits[n:]
		}
		return Answer{Written: strings.Join(parts, " ")}, Fault{}
	}
	return Answer{}, Fault{Code: FaultAnswerPhone}
}
