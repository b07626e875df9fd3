package web

import (
	"loalang/hardware"
	"loalang/playout"
)

// ButtonWords are what is written of a press of the panic button: the as-run and the
// history are kept in Vietnamese.
func ButtonWords() playout.ButtonWords {
	return playout.ButtonWords{
		By: word(vietnamese, "button.by"), Title: word(vietnamese, "button.alarm-title"), Reason: word(vietnamese, "button.reason"),
		Clear:     word(vietnamese, "emergency-clear.title"),
		ClearText: func(village string) string { return word(vietnamese, "emergency-clear.text", village) },
	}
}

// LEDWords says in English what a pattern of the status LED looks like and means.
func LEDWords(s hardware.LEDState) string { return word(english, "led."+string(s)) }
