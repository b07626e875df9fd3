package speaker

/*
#cgo pkg-config: alsa
#include <stdlib.h>
#include <alsa/asoundlib.h>

// What oto v3.4 asks of a card, asked beforehand. oto tells neither the error
// number, nor which card it opened, nor the period and buffer it got.
static int rehearse(unsigned rate, unsigned channels, snd_pcm_uframes_t *period,
                    snd_pcm_uframes_t *buffer, int *card, unsigned *device)
{
	snd_pcm_t *pcm;
	snd_pcm_info_t *info;
	snd_pcm_hw_params_t *hw;
	int err = snd_pcm_open(&pcm, "default", SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK);
	if (err < 0)
		return err;
	snd_pcm_info_alloca(&info);
	*card = -1;
	*device = 0;
	if (snd_pcm_info(pcm, info) == 0) {
		*card = snd_pcm_info_get_card(info);
		*device = snd_pcm_info_get_device(info);
	}
	snd_pcm_hw_params_alloca(&hw);
	if ((err = snd_pcm_hw_params_any(pcm, hw)) >= 0 &&
	    (err = snd_pcm_hw_params_set_access(pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED)) >= 0 &&
	    (err = snd_pcm_hw_params_set_format(pcm, hw, SND_PCM_FORMAT_FLOAT_LE)) >= 0 &&
	    (err = snd_pcm_hw_params_set_channels(pcm, hw, channels)) >= 0 &&
	    (err = snd_pcm_hw_params_set_rate_resample(pcm, hw, 1)) >= 0 &&
	    (err = snd_pcm_hw_params_set_rate_near(pcm, hw, &rate, NULL)) >= 0 &&
	    (err = snd_pcm_hw_params_set_buffer_size_near(pcm, hw, buffer)) >= 0 &&
	    (err = snd_pcm_hw_params_set_period_size_near(pcm, hw, period, NULL)) >= 0 &&
	    (err = snd_pcm_hw_params(pcm, hw)) >= 0 &&
	    (err = snd_pcm_hw_params_get_period_size(hw, period, NULL)) >= 0)
		err = snd_pcm_hw_params_get_buffer_size(hw, buffer);
	snd_pcm_close(pcm);
	return err;
}

// alsa-lib explains itself on standard error; what it means is returned anyway.
static void quiet(const char *file, int line, const char *function, int err, const char *fmt, ...) {}
static void hush(void) { snd_lib_error_set_handler(quiet); }
*/
import "C"

import (
	"fmt"
	"syscall"

	"loalang/audio"
)

// forgetConfig makes alsa-lib read its configuration anew when a PCM is next
// opened. What it has read names the cards of that time.
func forgetConfig() { C.snd_config_update_free_global() }

// rehearsal is what alsa-lib gave when asked as oto will ask.
type rehearsal struct {
	Ring   ring
	Card   int // the kernel's number; -1 when the PCM is no kernel card
	Device int
}

// rehearse opens the default PCM of the configuration in force, asks for what
// oto asks for, and closes it. buffer is the buffer wished for. The error wraps
// the syscall.Errno. It blocks for the time the card needs, some milliseconds.
func rehearse(buffer audio.Frames) (rehearsal, error) {
	C.hush()
	period, size := C.snd_pcm_uframes_t(buffer/2), C.snd_pcm_uframes_t(buffer/2*2)
	var card C.int
	var device C.uint
	if err := C.rehearse(C.uint(audio.Rate), Channels, &period, &size, &card, &device); err < 0 {
		return rehearsal{}, fmt.Errorf("open sound card: %w", syscall.Errno(-err))
	}
	return rehearsal{
		Ring: ring{Period: audio.Frames(period), Buffer: audio.Frames(size)},
		Card: int(card), Device: int(device),
	}, nil
}
