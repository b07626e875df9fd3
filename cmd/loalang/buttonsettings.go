package main

import (
	"errors"
	"strings"
	"time"

	"loalang/audio"
	"loalang/hardware"
)

// sysLEDs is where the kernel has its lights.
const sysLEDs = "/sys/class/leds"

// buttonSettings say how the panic button and the status LED are wired.
type buttonSettings struct {
	Switch   *hardware.Switch // nil: there is none, or it is a pipe
	Pipe     string           // a named pipe instead of a pin
	Debounce time.Duration
	Hold     time.Duration
	Long     time.Duration // 0: there is no second press
	LED      *hardware.Switch
	LEDName  string // of a light of the kernel's, instead of LED
	Mixer    string // "auto", "off" or CARD:CONTROL
}

// buttonTable lists the settings of what is pressed, lit and turned.
func buttonTable() []setting {
	return []setting{
		{"button", "", "input of the panic button, such as \"gpiochip0:26 low\" for a contact to ground, or pipe:PATH for a named pipe into which 1 and 0 are written; empty: none", setButton},
		{"button-debounce", "30ms", "how long its contact must be still before it counts, 0s to 1s", setSpan(time.Second, func(s *settings) *time.Duration { return &s.Button.Debounce })},
		{"button-hold", "500ms", "how long it is held until it raises, 0s to 10s", setSpan(10*time.Second, func(s *settings) *time.Duration { return &s.Button.Hold })},
		{"button-long", "10s", "how long a second press is held until it ends what the first raised, 0s to 60s; 0s: never", setSpan(time.Minute, func(s *settings) *time.Duration { return &s.Button.Long })},
		{"led", "", "status LED: a GPIO line such as gpiochip0:27, or a light of the kernel's such as led:ACT; empty: none", setLED},
		{"mixer", "auto", "volume control of the sound card: auto is what was chosen on the panel or by loalang mixer set, off leaves it alone, CARD:CONTROL such as Device:Speaker is that", setMixer},
	}
}

func setButton(s *settings, v string) error {
	s.Button.Switch, s.Button.Pipe = nil, ""
	if v == "" {
		return nil
	}
	if path, pipe := strings.CutPrefix(v, "pipe:"); pipe && path != "" {
		s.Button.Pipe = path
		return nil
	}
	in, err := hardware.ParseSwitch(v)
	if err != nil || in.Chip == "" || in.Pumped || in.Settle >= 0 || in.Tail >= 0 {
		return errors.New("name a GPIO line such as gpiochip0:26, with low behind it for a contact to ground, or pipe:PATH")
	}
	s.Button.Switch = &in
	return nil
}

func setLED(s *settings, v string) error {
	s.Button.LED, s.Button.LEDName = nil, ""
	if v == "" {
		return nil
	}
	if name, light := strings.CutPrefix(v, "led:"); light && name != "" && !strings.Contains(name, "/") {
		s.Button.LEDName = name
		return nil
	}
	out, err := hardware.ParseSwitch(v)
	if err != nil || out.Chip == "led" || out.Chip == "" || out.Pumped || out.Settle >= 0 || out.Tail >= 0 {
		return errors.New("name a GPIO line such as gpiochip0:27, or a light as in /sys/class/leds such as led:ACT")
	}
	s.Button.LED = &out
	return nil
}

func setMixer(s *settings, v string) error {
	s.Button.Mixer = v
	card, control, found := strings.Cut(v, ":")
	if v == "auto" || v == "off" || found && card != "" && control != "" {
		return nil
	}
	return errors.New("use auto, off, or CARD:CONTROL as loalang mixer list prints them")
}

// fitted says whether there is a button.
func (b buttonSettings) fitted() bool { return b.Switch != nil || b.Pipe != "" }

// place is where the button is, as it is written.
func (b buttonSettings) place() string {
	if b.Switch != nil {
		return b.Switch.String()
	}
	return "pipe:" + b.Pipe
}

// lit says whether there is a status LED.
func (b buttonSettings) lit() bool { return b.LED != nil || b.LEDName != "" }

// open takes the contact of the button.
func (b buttonSettings) open() (hardware.Contact, error) {
	if b.Pipe != "" {
		c, err := hardware.OpenPipe(b.Pipe, b.Debounce, monotonic)
		if err != nil {
			return nil, err
		}
		return c, nil
	}
	c, err := hardware.GPIO{}.RequestContact(b.Switch.Chip, b.Switch.Line, b.Switch.ActiveLow, b.Debounce)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// openLED takes the line of the status LED.
func (b buttonSettings) openLED() (hardware.Line, error) {
	if b.LEDName != "" {
		k, err := hardware.OpenKernelLED(sysLEDs, b.LEDName)
		if err != nil {
			return nil, err
		}
		return k, nil
	}
	return hardware.Rack{}.Open(*b.LED)
}

// monotonic is the clock by which the kernel stamps edges.
func monotonic() time.Duration { return time.Duration(audio.Monotonic()) }
