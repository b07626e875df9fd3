// A sound card for tests, as an ALSA plug-in. It takes 48 kHz S16 stereo into a
// ring, plays it by CLOCK_MONOTONIC, and keeps every frame, so that a test knows
// to one frame when each frame left: line "start NS FRAME PERIOD BUFFER" of the
// .log says that frame FRAME of the .s16 left at NS, and the following ones each
// 1/48000 s later, until the next line. A card whose crystal drifts ends the line
// with how much, in parts per million: then they follow each 1/(48000·(1+PPM/10^6)) s
// later.
//
// It runs dry as cards do ("dry NS FRAMES-TOO-FEW"). It is unplugged while a file
// "unplugged" lies in its folder, and hangs while one called "frozen" does: then
// nothing is played and nobody is told.
//
//	pcm.NAME { type ruler  dir "/folder"  [min_period FRAMES]  [drift_ppm PPM]  [capture "/file.s16"] }
//
// drift_ppm makes it play that much faster than CLOCK_MONOTONIC, slower when
// negative. With a file of 48 kHz S16 mono frames it has a line input as well: both
// channels carry the file in a loop, from the moment of opening on, whether they are
// read or not, so that what nobody reads in time is lost ("over NS FRAMES-TOO-MANY").
// Line "start NS FRAME PERIOD BUFFER" of its .line says that frame FRAME of the
// endless loop came at NS.
//
// What it leaves out: the delay of a converter, the time that real hardware takes to
// restart.

#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { rate = 48000, frame_bytes = 4 };
static const int64_t second = 1000000000, million = 1000000;

// Whether a file was in the folder when it was last looked for.
struct look {
	const char *name;
	int64_t at;
	bool found;
};

struct card {
	snd_pcm_ioplug_t plug;
	char *dir;
	struct look unplugged, frozen;
	long drift;      // of the crystal, in parts per million
	int ticks;       // a timerfd, one tick for each period
	int sound;       // the .s16
	int16_t *line;   // what the line input hears; NULL: it plays
	int64_t length;  // frames of that
	int64_t opened;  // when the line began
	FILE *log;       // the .log or .line
	int64_t began;   // when the frame `first` left; 0: stopped
	int64_t first;   // number of that frame
	int64_t taken;   // frames taken in all
	int64_t held;    // frames played when it froze; -1: it is not frozen
};

static int64_t monotonic(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * second + t.tv_nsec;
}

static bool there(const struct card *c, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", c->dir, name);
	return access(path, F_OK) == 0;
}

// A card is asked many times in each period. It looks once a millisecond, or what
// is measured on it would be its own work.
static bool still(const struct card *c, struct look *l)
{
	int64_t now = monotonic();
	if (!l->at || now - l->at > second / 1000) {
		l->at = now;
		l->found = there(c, l->name);
	}
	return l->found;
}

static bool unplugged(struct card *c) { return still(c, &c->unplugged); }

// Frames that a span of nanoseconds holds on this card, and the reverse.
static int64_t frames(const struct card *c, int64_t span)
{
	return (int64_t)((__int128)span * rate * (million + c->drift) / million / second);
}

static int64_t lasts(const struct card *c, int64_t n)
{
	return (int64_t)((__int128)n * second * million / (million + c->drift) / rate);
}

static void note_start(const struct card *c, unsigned long period, unsigned long buffer)
{
	fprintf(c->log, "start %" PRId64 " %" PRId64 " %lu %lu", c->began, c->first, period, buffer);
	if (c->drift)
		fprintf(c->log, " %ld", c->drift);
	fputc('\n', c->log);
	fflush(c->log);
}

// Frames that have left, or come, since `first`.
static int64_t played(struct card *c)
{
	if (!c->began)
		return 0;
	if (still(c, &c->frozen)) {
		if (c->held < 0)
			c->held = frames(c, monotonic() - c->began);
		return c->held;
	}
	if (c->held >= 0) { // thawed: time goes on from where it stood
		c->began = monotonic() - lasts(c, c->held);
		c->held = -1;
		note_start(c, 0, 0);
	}
	return frames(c, monotonic() - c->began);
}

static void tick(struct card *c, bool on)
{
	int64_t period = on ? lasts(c, c->plug.period_size) : 0;
	int64_t due = on ? c->began + period : 1; // stopped: ready at once
	struct itimerspec t = {
		.it_interval = { period / second, period % second },
		.it_value = { due / second, due % second },
	};
	timerfd_settime(c->ticks, TFD_TIMER_ABSTIME, &t, NULL);
}

static void stop(struct card *c)
{
	c->began = 0;
	c->held = -1;
	tick(c, false);
}

static int on_prepare(snd_pcm_ioplug_t *p)
{
	struct card *c = p->private_data;
	if (unplugged(c))
		return -ENODEV;
	stop(c);
	c->first = c->taken;
	return 0;
}

static int on_start(snd_pcm_ioplug_t *p)
{
	struct card *c = p->private_data;
	if (unplugged(c))
		return -ENODEV;
	c->began = monotonic();
	if (c->line) // it does not wait for its reader
		c->first = frames(c, c->began - c->opened);
	note_start(c, p->period_size, p->buffer_size);
	tick(c, true);
	return 0;
}

static int on_stop(snd_pcm_ioplug_t *p)
{
	stop(p->private_data);
	return 0;
}

static snd_pcm_sframes_t on_pointer(snd_pcm_ioplug_t *p)
{
	struct card *c = p->private_data;
	if (unplugged(c))
		return -ENODEV;
	int64_t n = played(c), have = c->taken - c->first;
	if (n > have && p->state != SND_PCM_STATE_DRAINING) {
		fprintf(c->log, "dry %" PRId64 " %" PRId64 "\n", monotonic(), n - have);
		fflush(c->log);
		stop(c);
		return -EPIPE;
	}
	return (n < have ? n : have) % p->buffer_size;
}

static snd_pcm_sframes_t on_transfer(snd_pcm_ioplug_t *p, const snd_pcm_channel_area_t *areas,
                                     snd_pcm_uframes_t offset, snd_pcm_uframes_t frames)
{
	struct card *c = p->private_data;
	if (unplugged(c))
		return -ENODEV;
	const char *from = (const char *)areas->addr + (areas->first + areas->step * offset) / 8;
	ssize_t bytes = (ssize_t)frames * frame_bytes;
	if (write(c->sound, from, bytes) != bytes)
		return -EIO;
	c->taken += frames;
	return frames;
}

// The line input: frames that came and were not read.
static int64_t waiting(struct card *c) { return played(c) - (int64_t)c->plug.appl_ptr; }

static snd_pcm_sframes_t on_line_pointer(snd_pcm_ioplug_t *p)
{
	struct card *c = p->private_data;
	if (unplugged(c))
		return -ENODEV;
	int64_t many = waiting(c) - (int64_t)p->buffer_size;
	if (many > 0) {
		fprintf(c->log, "over %" PRId64 " %" PRId64 "\n", monotonic(), many);
		fflush(c->log);
		stop(c);
		return -EPIPE;
	}
	return played(c) % p->buffer_size;
}

static snd_pcm_sframes_t on_line_transfer(snd_pcm_ioplug_t *p, const snd_pcm_channel_area_t *areas,
                                          snd_pcm_uframes_t offset, snd_pcm_uframes_t n)
{
	struct card *c = p->private_data;
	if (unplugged(c))
		return -ENODEV;
	int16_t *to = (int16_t *)((char *)areas->addr + (areas->first + areas->step * offset) / 8);
	int64_t at = c->first + (int64_t)p->appl_ptr; // alsa-lib may ask for a frame more than once
	for (snd_pcm_uframes_t i = 0; i < n; i++)
		to[2 * i] = to[2 * i + 1] = c->line[(at + (int64_t)i) % c->length];
	return n;
}

static int on_line_poll(snd_pcm_ioplug_t *p, struct pollfd *fds, unsigned count, unsigned short *events)
{
	struct card *c = p->private_data;
	*events = 0;
	if (count == 0 || !(fds[0].revents & POLLIN))
		return 0;
	if (unplugged(c)) {
		*events = POLLERR | POLLIN;
		return 0;
	}
	if (!c->began || waiting(c) >= (int64_t)p->period_size)
		*events = POLLIN;
	uint64_t ticks;
	if (c->began && !*events && read(c->ticks, &ticks, sizeof ticks) < 0)
		return 0; // somebody read the tick before us
	return 0;
}

static int on_poll(snd_pcm_ioplug_t *p, struct pollfd *fds, unsigned count, unsigned short *events)
{
	struct card *c = p->private_data;
	*events = 0;
	if (count == 0 || !(fds[0].revents & POLLIN))
		return 0;
	if (unplugged(c)) {
		*events = POLLERR | POLLOUT;
		return 0;
	}
	int64_t room = (int64_t)p->buffer_size - (c->taken - c->first - played(c));
	if (!c->began || room >= (int64_t)p->period_size)
		*events = POLLOUT;
	uint64_t ticks;
	if (c->began && !*events && read(c->ticks, &ticks, sizeof ticks) < 0)
		return 0; // somebody read the tick before us
	return 0;
}

static int on_delay(snd_pcm_ioplug_t *p, snd_pcm_sframes_t *frames)
{
	struct card *c = p->private_data;
	if (unplugged(c))
		return -ENODEV;
	int64_t left = c->taken - c->first - played(c);
	*frames = left > 0 ? left : 0;
	return 0;
}

// alsa-lib would wait for room in the ring, which comes a period too early.
static int on_drain(snd_pcm_ioplug_t *p)
{
	struct card *c = p->private_data;
	if (!c->began && c->taken > c->first) {
		int err = on_start(p);
		if (err < 0)
			return err;
	}
	while (c->began && played(c) < c->taken - c->first) {
		if (unplugged(c))
			return -ENODEV;
		const struct timespec millisecond = { 0, 1000000 };
		nanosleep(&millisecond, NULL);
	}
	return 0;
}

static int on_close(snd_pcm_ioplug_t *p)
{
	struct card *c = p->private_data;
	fclose(c->log);
	if (!c->line)
		close(c->sound);
	close(c->ticks);
	free(c->line);
	free(c->dir);
	free(c);
	return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
	.prepare = on_prepare,
	.start = on_start,
	.stop = on_stop,
	.pointer = on_pointer,
	.transfer = on_transfer,
	.poll_revents = on_poll,
	.delay = on_delay,
	.drain = on_drain,
	.close = on_close,
};

static const snd_pcm_ioplug_callback_t line_callbacks = {
	.prepare = on_prepare,
	.start = on_start,
	.stop = on_stop,
	.pointer = on_line_pointer,
	.transfer = on_line_transfer,
	.poll_revents = on_line_poll,
	.close = on_close,
};

static int constrain(snd_pcm_ioplug_t *p, unsigned least)
{
	static const unsigned access[] = { SND_PCM_ACCESS_RW_INTERLEAVED, SND_PCM_ACCESS_MMAP_INTERLEAVED };
	static const unsigned format[] = { SND_PCM_FORMAT_S16_LE };
	int err = snd_pcm_ioplug_set_param_list(p, SND_PCM_IOPLUG_HW_ACCESS, 2, access);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_list(p, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(p, SND_PCM_IOPLUG_HW_CHANNELS, 2, 2);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(p, SND_PCM_IOPLUG_HW_RATE, rate, rate);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(p, SND_PCM_IOPLUG_HW_PERIODS, 2, 64);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(p, SND_PCM_IOPLUG_HW_PERIOD_BYTES, least * frame_bytes, 8192 * frame_bytes);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(p, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 2 * least * frame_bytes, 16384 * frame_bytes);
	return err;
}

// Each opening writes files of its own, named by the process and a count.
static int record(struct card *c)
{
	static int openings;
	char path[512];
	int n = openings++;
	if (!c->line) {
		snprintf(path, sizeof path, "%s/%d-%03d.s16", c->dir, getpid(), n);
		c->sound = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
		if (c->sound < 0)
			return -errno;
	}
	snprintf(path, sizeof path, "%s/%d-%03d.%s", c->dir, getpid(), n, c->line ? "line" : "log");
	c->log = fopen(path, "we");
	if (!c->log) {
		int err = -errno;
		if (!c->line)
			close(c->sound);
		return err;
	}
	c->ticks = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return c->ticks < 0 ? -errno : 0;
}

// What the line input hears, all of it.
static int plug_in(struct card *c, const char *path)
{
	FILE *f = fopen(path, "re");
	if (!f)
		return -errno;
	fseek(f, 0, SEEK_END);
	c->length = ftell(f) / (long)sizeof *c->line;
	rewind(f);
	if (c->length > 0)
		c->line = malloc(c->length * sizeof *c->line);
	int err = !c->line || fread(c->line, sizeof *c->line, c->length, f) != (size_t)c->length ? -EIO : 0;
	fclose(f);
	c->opened = monotonic();
	return err;
}

SND_PCM_PLUGIN_DEFINE_FUNC(ruler)
{
	const char *dir = NULL, *capture = NULL;
	long least = 32, drift = 0;
	snd_config_iterator_t i, next;
	snd_config_for_each(i, next, conf) {
		snd_config_t *n = snd_config_iterator_entry(i);
		const char *id;
		if (snd_config_get_id(n, &id) < 0)
			continue;
		if (strcmp(id, "dir") == 0)
			snd_config_get_string(n, &dir);
		if (strcmp(id, "min_period") == 0)
			snd_config_get_integer(n, &least);
		if (strcmp(id, "drift_ppm") == 0)
			snd_config_get_integer(n, &drift);
		if (strcmp(id, "capture") == 0)
			snd_config_get_string(n, &capture);
	}
	bool line = stream == SND_PCM_STREAM_CAPTURE;
	if (!dir || (line && !capture))
		return -EINVAL;
	struct card *c = calloc(1, sizeof *c);
	if (!c)
		return -ENOMEM;
	c->dir = strdup(dir);
	c->held = -1;
	c->drift = drift;
	c->unplugged.name = "unplugged";
	c->frozen.name = "frozen";
	int err = unplugged(c) ? -ENODEV : there(c, "busy") ? -EBUSY : line ? plug_in(c, capture) : 0;
	if (err >= 0)
		err = record(c);
	if (err < 0) {
		free(c->line);
		free(c->dir);
		free(c);
		return err;
	}
	c->plug.version = SND_PCM_IOPLUG_VERSION;
	c->plug.name = "ruler";
	c->plug.callback = line ? &line_callbacks : &callbacks;
	c->plug.private_data = c;
	c->plug.poll_fd = c->ticks;
	c->plug.poll_events = POLLIN;
	err = snd_pcm_ioplug_create(&c->plug, name, stream, mode);
	if (err >= 0)
		err = constrain(&c->plug, least);
	if (err >= 0)
		*pcmp = c->plug.pcm;
	return err;
}

SND_PCM_PLUGIN_SYMBOL(ruler);
