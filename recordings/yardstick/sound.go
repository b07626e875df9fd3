package yardstick

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"strings"
)

// Rate is that of the clean speech, frames per second.
const Rate = 32000

// Reading is a text and the espeak-ng voice that reads it.
type Reading struct{ Voice, Text string }

// Readings are three voices with three texts, some 65 s together.
func Readings() []Reading {
	return []Reading{
		{"vi", "Kính thưa bà con trong thôn. Ngày mai, lúc bảy giờ ba mươi phút, trạm y tế xã tổ chức tiêm phòng cho trẻ em dưới năm tuổi tại nhà văn hóa thôn. " +
			"Đề nghị các gia đình đưa trẻ đến đúng giờ, nhớ mang theo sổ theo dõi sức khỏe. Trẻ đang sốt thì chờ đợt sau."},
		{"vi-vn-x-central+f2", "Ủy ban nhân dân xã thông báo lịch cắt điện. Từ tám giờ sáng đến mười bảy giờ chiều thứ năm, ngành điện sửa đường dây ở thôn bốn và thôn năm. " +
			"Bà con chủ động tích nước, sạc đèn, và rút phích cắm các thiết bị trong nhà. Khi có điện lại sẽ có thông báo tiếp theo."},
		{"vi-vn-x-south+m3", "Dự báo đêm nay và ngày mai có mưa to, có nơi mưa rất to. Nguy cơ lũ quét và sạt lở đất ở vùng núi rất cao. " +
			"Các hộ ở ven suối và dưới sườn dốc chuẩn bị sẵn sàng di chuyển đến nơi an toàn. Xin trân trọng cảm ơn bà con đã lắng nghe."},
	}
}

// Speech is what espeak-ng, which must be installed, makes of readings, one behind
// the other with half a second between, at Rate.
func Speech(ctx context.Context, readings ...Reading) ([]float64, error) {
	x := make([]float64, Rate/2)
	for _, r := range readings {
		cmd := exec.CommandContext(ctx, "espeak-ng", "-v", r.Voice, "-s", "145", "--stdin", "--stdout")
		cmd.Stdin = strings.NewReader(r.Text)
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("let espeak-ng speak: %w", err)
		}
		channels, rate, err := ReadWAV(out)
		if err != nil {
			return nil, fmt.Errorf("read what espeak-ng spoke: %w", err)
		}
		x = append(append(x, Resample(channels[0], rate, Rate)...), make([]float64, Rate/2)...)
	}
	amplify(x, -3-20*math.Log10(peak(x)))
	return x, nil
}

// WAV is channels of one length as a file of 16 bits; what is beyond full scale
// is clipped.
func WAV(channels [][]float64, rate int) []byte {
	width, frames := 2*len(channels), len(channels[0])
	b := make([]byte, 0, 44+width*frames)
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(36+width*frames))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(channels)))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate*width))
	b = binary.LittleEndian.AppendUint16(b, uint16(width))
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(width*frames))
	for i := range frames {
		for _, c := range channels {
			v := int16(max(-32768, min(32767, math.Round(c[i]*32768))))
			b = binary.LittleEndian.AppendUint16(b, uint16(v))
		}
	}
	return b
}

// ReadWAV reads 16-bit PCM; the data may be said to be longer than it is, as on a
// pipe.
func ReadWAV(b []byte) (channels [][]float64, rate int, err error) {
	head := bytes.Index(b, []byte("fmt "))
	data := bytes.Index(b, []byte("data"))
	if head < 0 || data < head+24 || len(b) < data+8 {
		return nil, 0, errors.New("it is no WAV")
	}
	n := int(binary.LittleEndian.Uint16(b[head+10:]))
	rate = int(binary.LittleEndian.Uint32(b[head+12:]))
	if bits := binary.LittleEndian.Uint16(b[head+22:]); bits != 16 || n == 0 {
		return nil, 0, fmt.Errorf("it has %d channels of %d bits", n, bits)
	}
	said := int(binary.LittleEndian.Uint32(b[data+4:]))
	b = b[data+8:]
	b = b[:min(len(b), said)]
	channels = make([][]float64, n)
	for i := 0; i+2*n <= len(b); i += 2 * n {
		for c := range channels {
			channels[c] = append(channels[c], float64(int16(binary.LittleEndian.Uint16(b[i+2*c:])))/32768)
		}
	}
	return channels, rate, nil
}
