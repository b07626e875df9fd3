package proof_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"sync"
	"testing"
)

// rate is that at which what a microphone would hear is made.
const rate = 8000

// texts are ten announcements of a village.
var texts = []string{
	"A lô, a lô. Đây là đài truyền thanh xã. Xin thông báo đến bà con lịch tiêm phòng vắc xin cho trẻ em vào sáng thứ bảy tại trạm y tế xã. Đề nghị các gia đình đưa trẻ đến đúng giờ và mang theo sổ tiêm chủng.",
	"Thông báo khẩn. Bão số năm đang tiến gần vào bờ, gió giật cấp mười một. Yêu cầu tàu thuyền khẩn trương vào nơi trú ẩn an toàn, bà con ven sông di dời đến trường học trước mười tám giờ hôm nay.",
	"Hợp tác xã nông nghiệp thông báo lịch bơm nước phục vụ sản xuất vụ đông xuân. Từ năm giờ sáng ngày mai trạm bơm số hai sẽ hoạt động. Bà con chú ý be bờ giữ nước.",
	"Công ty điện lực thông báo tạm ngừng cung cấp điện từ bảy giờ ba mươi đến mười một giờ để sửa chữa đường dây trung thế. Mong quý khách hàng thông cảm và chủ động trong sinh hoạt.",
	"Chương trình phát thanh buổi sáng xin được bắt đầu. Thời tiết hôm nay nhiều mây, có mưa rào rải rác, nhiệt độ cao nhất ba mươi hai độ, độ ẩm tám mươi lăm phần trăm.",
	"Ủy ban nhân dân xã mời toàn thể cử tri đến dự buổi tiếp xúc với đại biểu hội đồng nhân dân vào lúc tám giờ sáng chủ nhật tại hội trường nhà văn hóa thôn Đông.",
	"Ban chỉ huy quân sự xã thông báo đến các thanh niên trong độ tuổi về việc đăng ký nghĩa vụ quân sự lần đầu. Thời gian từ ngày mồng một đến ngày mười lăm tháng tư.",
	"Để phòng chống sốt xuất huyết, bà con cần diệt lăng quăng, thay nước bình hoa, đậy kín dụng cụ chứa nước, ngủ màn cả ban ngày, và khi có sốt cao phải đến ngay cơ sở y tế.",
	"Hội phụ nữ xã tổ chức lớp tập huấn kỹ thuật chăn nuôi gà thả vườn. Các chị em có nhu cầu xin đăng ký với chi hội trưởng trước ngày hai mươi lăm tháng này.",
	"Công an xã cảnh báo thủ đoạn lừa đảo qua điện thoại. Kẻ gian giả danh cán bộ ngân hàng yêu cầu cung cấp mã xác thực. Bà con tuyệt đối không làm theo và báo ngay cho công an.",
}

// announcements are 40 of them, spoken by four voices, at 8 kHz.
var announcements = sync.OnceValues(func() (all [][]float64, err error) {
	for _, voice := range []string{"vi", "vi+f3", "vi+m3", "vi-vn-x-south"} {
		for _, text := range texts {
			speed := 135 + len(all)*7%40
			raw, err := exec.Command("espeak-ng", "-v", voice, "-s", strconv.Itoa(speed), "--stdout", text).Output()
			if err != nil {
				return nil, err
			}
			all = append(all, normal(fromWAV(raw)))
		}
	}
	return all, nil
})

// spoken are the announcements, or the test is skipped.
func spoken(t testing.TB) [][]float64 {
	t.Helper()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng speaks the announcements of this test: apt install espeak-ng")
	}
	all, err := announcements()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// fromWAV is what espeak-ng writes, 22.05 kHz s16 mono, at 8 kHz.
func fromWAV(raw []byte) []float64 {
	raw = raw[44:]
	x := make([]float64, len(raw)/2)
	for i := range x {
		x[i] = float64(int16(binary.LittleEndian.Uint16(raw[2*i:]))) / 32768
	}
	return stretch(lowPass(x, 3600.0/22050), 22050.0/rate)
}

func lowPass(x []float64, cut float64) []float64 {
	const n = 63
	var h [n]float64
	sum := 0.0
	for i := range h {
		t := float64(i) - (n-1)/2
		v := 2 * cut
		if t != 0 {
			v = math.Sin(2*math.Pi*cut*t) / (math.Pi * t)
		}
		h[i] = v * (0.54 - 0.46*math.Cos(2*math.Pi*float64(i)/(n-1)))
		sum += h[i]
	}
	y := make([]float64, len(x))
	for i := range x {
		for j := range h {
			if k := i + j - n/2; k >= 0 && k < len(x) {
				y[i] += x[k] * h[j] / sum
			}
		}
	}
	return y
}

// stretch resamples by a step, linearly: of envelopes nothing is lost.
func stretch(x []float64, step float64) []float64 {
	y := make([]float64, 0, int(float64(len(x))/step)+1)
	for p := 0.0; int(p)+1 < len(x); p += step {
		i := int(p)
		f := p - float64(i)
		y = append(y, x[i]*(1-f)+x[i+1]*f)
	}
	return y
}

// normal brings sound to −18 dB.
func normal(x []float64) []float64 { return gain(x, -18-20*math.Log10(rms(x))) }

func rms(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(x)))
}

func gain(x []float64, db float64) []float64 {
	y := make([]float64, len(x))
	g := math.Pow(10, db/20)
	for i := range x {
		y[i] = x[i] * g
	}
	return y
}

// delay puts silence before and 3 s of it behind.
func delay(x []float64, seconds float64) []float64 {
	return append(append(make([]float64, int(seconds*rate)), x...), make([]float64, 3*rate)...)
}

// noise adds white noise, in place.
func noise(y []float64, level float64, r *rand.Rand) []float64 {
	for i := range y {
		y[i] += level * r.NormFloat64()
	}
	return y
}

// hum adds that of the mains, in place.
func hum(y []float64, level float64) []float64 {
	for i := range y {
		for h, a := range []float64{1, .3, .5, .1, .3} {
			y[i] += level * a * math.Sin(2*math.Pi*50*float64(h+1)*float64(i)/rate)
		}
	}
	return y
}

// echo is a room of a reverberation time.
func echo(x []float64, seconds float64, r *rand.Rand) []float64 {
	n := int(seconds * rate)
	y := append([]float64(nil), x...)
	for range 60 {
		d := 80 + r.IntN(n)
		g := 0.5 * math.Pow(10, -3*float64(d)/float64(n)) * (r.Float64()*2 - 1)
		for i := d; i < len(x); i++ {
			y[i] += g * x[i-d]
		}
	}
	return y
}

func clipped(x []float64) []float64 {
	for i := range x {
		x[i] = min(1, max(-1, x[i]))
	}
	return x
}

// music is notes at random.
func music(n int, r *rand.Rand) []float64 {
	y := make([]float64, n)
	for i := 0; i < n; {
		length := rate/8 + r.IntN(rate/3)
		f := 220 * math.Pow(2, float64(r.IntN(24))/12)
		for j := 0; j < length && i < n; j++ {
			t := float64(j) / rate
			for h := 1.0; h < 7; h++ {
				y[i] += .1 * math.Exp(-6*t) / h * math.Sin(2*math.Pi*f*h*t)
			}
			i++
		}
	}
	return y
}

// card is sound as a card of 48 kHz gives it.
func card(x []float64) []int16 {
	out := make([]int16, 0, 6*len(x))
	for i := range x {
		next := x[min(i+1, len(x)-1)]
		for j := range 6 {
			v := x[i] + (next-x[i])*float64(j)/6
			out = append(out, int16(min(32767, max(-32768, math.Round(v*32768)))))
		}
	}
	return out
}
