// SPDX-License-Identifier: Apache-2.0
/*
 * Plays to and records from one ALSA device inside the guest and reports how it went, in JSON, one line per stream.
 *
 * It speaks the kernel's own interface (<sound/asound.h>), without libasound, so that nothing between it and the driver
 * buffers, converts or waits. Each stream has its own thread; playback and capture at once are two threads.
 *
 *   pcmprobe [-c CARD] [-d DEVICE] [-P] [-C] [-f S16|S32|FLOAT] [-r RATE] [-n CHANNELS]
 *            [-p PERIOD] [-b BUFFER] [-s SECONDS] [-o FILE] [-N] [-m]
 *
 *   -P -C   play, record; both if neither is given      -o FILE  keep what was recorded (raw)
 *   -N      bare: no pattern, no check, no STATUS call  -m       only print the sizes the driver accepts
 *
 * Pattern: frame n carries the 32-bit word w(n), w(0) = 1, w(n+1) = w(n) * 1664525 + 1013904223. In S16 an even channel
 * carries its upper and an odd channel its lower half, in S32 an even channel the word and an odd channel its
 * complement, in FLOAT an even channel (w >> 8) / 2^23 - 1 and an odd channel minus that. So one frame of S16 stereo or
 * S32 says which frame must follow, and a lost or repeated frame shows wherever recording began.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <sound/asound.h>

enum { PRIORITY = 50, POLL_LIMIT_MS = 5000 };

struct options {
	int card, device, format, rate, channels, period, buffer, seconds, bare;
	const char *keep;
};

struct stream {
	const struct options *opt;
	int capture;
	int fd, sample_bytes, frame_bytes;
	long period, buffer;
	char *data, *kept;                  /* one period; everything recorded */
	uint32_t word;                      /* the next frame to play, or the frame last recorded */
	int synced;
	int64_t *wake;
	long wakeups, max_wakeups, skip;    /* the first wake-ups come while the buffer fills */
	int64_t frames, xruns, breaks, first_break, leading_silence, silence;
	long extra_min, extra_max;          /* delay minus the frames queued (playback) or ready (capture) */
	const char *failed;
	int error;
};

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static uint32_t next_word(uint32_t w)
{
	return w * 1664525u + 1013904223u;
}

/* ---- hardware parameters -------------------------------------------------------------------------------------- */

static struct snd_interval *interval(struct snd_pcm_hw_params *p, int which)
{
	return &p->intervals[which - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL];
}

static void any(struct snd_pcm_hw_params *p)
{
	memset(p, 0, sizeof *p);
	for (int i = 0; i <= SNDRV_PCM_HW_PARAM_LAST_MASK - SNDRV_PCM_HW_PARAM_FIRST_MASK; i++)
		memset(p->masks[i].bits, 0xff, sizeof p->masks[i].bits);
	for (int i = 0; i <= SNDRV_PCM_HW_PARAM_LAST_INTERVAL - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL; i++)
		p->intervals[i].max = ~0u;
	p->rmask = ~0u;
	p->info = ~0u;
}

static void set_mask(struct snd_pcm_hw_params *p, int which, unsigned value)
{
	struct snd_mask *m = &p->masks[which - SNDRV_PCM_HW_PARAM_FIRST_MASK];
	memset(m->bits, 0, sizeof m->bits);
	m->bits[value / 32] = 1u << value % 32;
}

static void set_interval(struct snd_pcm_hw_params *p, int which, unsigned value)
{
	struct snd_interval *i = interval(p, which);
	i->min = i->max = value;
	i->openmin = i->openmax = 0;
	i->integer = 1;
}

static void choose(struct snd_pcm_hw_params *p, const struct options *o)
{
	any(p);
	set_mask(p, SNDRV_PCM_HW_PARAM_ACCESS, SNDRV_PCM_ACCESS_RW_INTERLEAVED);
	set_mask(p, SNDRV_PCM_HW_PARAM_FORMAT, o->format);
	set_interval(p, SNDRV_PCM_HW_PARAM_CHANNELS, o->channels);
	set_interval(p, SNDRV_PCM_HW_PARAM_RATE, o->rate);
}

/* ---- life cycle ----------------------------------------------------------------------------------------------- */

static int fail(struct stream *s, const char *what)
{
	s->failed = what;
	s->error = errno;
	return -1;
}

static int open_stream(struct stream *s)
{
	char path[64];
	snprintf(path, sizeof path, "/dev/snd/pcmC%dD%d%c", s->opt->card, s->opt->device, s->capture ? 'c' : 'p');
	s->fd = open(path, O_RDWR | O_NONBLOCK);
	return s->fd < 0 ? fail(s, "open") : 0;
}

static int configure(struct stream *s)
{
	const struct options *o = s->opt;
	struct snd_pcm_hw_params hw;
	struct snd_pcm_sw_params sw;

	choose(&hw, o);
	set_interval(&hw, SNDRV_PCM_HW_PARAM_PERIOD_SIZE, o->period);
	set_interval(&hw, SNDRV_PCM_HW_PARAM_BUFFER_SIZE, o->buffer);
	if (ioctl(s->fd, SNDRV_PCM_IOCTL_HW_PARAMS, &hw) < 0)
		return fail(s, "HW_PARAMS");
	s->period = interval(&hw, SNDRV_PCM_HW_PARAM_PERIOD_SIZE)->min;
	s->buffer = interval(&hw, SNDRV_PCM_HW_PARAM_BUFFER_SIZE)->min;

	memset(&sw, 0, sizeof sw);
	sw.tstamp_mode = SNDRV_PCM_TSTAMP_ENABLE;
	sw.period_step = 1;
	sw.avail_min = s->period;
	sw.start_threshold = 0x40000000;        /* START is ours to send */
	sw.stop_threshold = s->buffer;
	sw.boundary = s->buffer;
	while (sw.boundary * 2 <= 0x7fffffffUL - s->buffer)
		sw.boundary *= 2;
	return ioctl(s->fd, SNDRV_PCM_IOCTL_SW_PARAMS, &sw) < 0 ? fail(s, "SW_PARAMS") : 0;
}

static void fill(struct stream *s)
{
	char *at = s->data;
	for (long f = 0; f < s->period; f++, s->word = next_word(s->word))
		for (int c = 0; c < s->opt->channels; c++, at += s->sample_bytes)
			if (s->opt->format == SNDRV_PCM_FORMAT_S16_LE) {
				uint16_t v = c & 1 ? s->word : s->word >> 16;
				memcpy(at, &v, 2);
			} else if (s->opt->format == SNDRV_PCM_FORMAT_S32_LE) {
				uint32_t v = c & 1 ? ~s->word : s->word;
				memcpy(at, &v, 4);
			} else {
				float v = (float)(s->word >> 8) / 8388608.0f - 1.0f;
				v = c & 1 ? -v : v;
				memcpy(at, &v, 4);
			}
}

static void check_word(struct stream *s, uint32_t w)
{
	if (w == 0) {                           /* silence: before the source began, or put in by somebody */
		if (s->synced)
			s->silence++;
		else
			s->leading_silence++;
		return;
	}
	if (s->synced && w != next_word(s->word)) {
		if (s->breaks++ == 0)
			s->first_break = s->frames;
	}
	s->synced = 1;
	s->word = w;
}

static void check(struct stream *s, long frames)
{
	int s16 = s->opt->format == SNDRV_PCM_FORMAT_S16_LE;
	if (s->opt->format == SNDRV_PCM_FORMAT_FLOAT_LE || (s16 && s->opt->channels < 2)) {
		s->frames += frames;
		return;
	}
	for (long f = 0; f < frames; f++, s->frames++) {
		const char *at = s->data + f * s->frame_bytes;
		uint32_t w;
		if (s16) {
			uint16_t hi, lo;
			memcpy(&hi, at, 2);
			memcpy(&lo, at + 2, 2);
			w = (uint32_t)hi << 16 | lo;
		} else {
			memcpy(&w, at, 4);
		}
		check_word(s, w);
	}
}

static int write_period(struct stream *s)
{
	struct snd_xferi x = { .buf = s->data, .frames = s->period };
	if (!s->opt->bare)
		fill(s);
	if (ioctl(s->fd, SNDRV_PCM_IOCTL_WRITEI_FRAMES, &x) < 0)
		return -1;
	s->frames += x.result;
	return 0;
}

static int read_period(struct stream *s)
{
	struct snd_xferi x = { .buf = s->data, .frames = s->period };
	if (ioctl(s->fd, SNDRV_PCM_IOCTL_READI_FRAMES, &x) < 0)
		return -1;
	if (s->kept)
		memcpy(s->kept + s->frames * s->frame_bytes, s->data, x.result * s->frame_bytes);
	if (s->opt->bare)
		s->frames += x.result;
	else
		check(s, x.result);
	return 0;
}

static int start(struct stream *s)
{
	if (ioctl(s->fd, SNDRV_PCM_IOCTL_PREPARE) < 0)
		return fail(s, "PREPARE");
	for (long queued = 0; !s->capture && queued + s->period <= s->buffer; queued += s->period)
		if (write_period(s) < 0)
			return fail(s, "first WRITEI_FRAMES");
	return ioctl(s->fd, SNDRV_PCM_IOCTL_START) < 0 ? fail(s, "START") : 0;
}

static void note_delay(struct stream *s)
{
	struct snd_pcm_status st;
	memset(&st, 0, sizeof st);
	if (ioctl(s->fd, SNDRV_PCM_IOCTL_STATUS, &st) < 0 || st.state != SNDRV_PCM_STATE_RUNNING)
		return;
	long queued = s->capture ? (long)(st.hw_ptr - st.appl_ptr) : (long)(st.appl_ptr - st.hw_ptr);
	if (queued >= s->buffer && s->capture)
		return;                         /* STATUS itself found the overrun: the delay is not one any more */
	long extra = (long)st.delay - queued;
	if (extra < s->extra_min)
		s->extra_min = extra;
	if (extra > s->extra_max)
		s->extra_max = extra;
}

static int recover(struct stream *s)
{
	s->xruns++;
	return start(s);
}

static int step(struct stream *s)
{
	struct pollfd p = { .fd = s->fd, .events = s->capture ? POLLIN : POLLOUT };
	int ready = poll(&p, 1, POLL_LIMIT_MS);
	if (ready <= 0) {
		errno = ready == 0 ? ETIMEDOUT : errno;
		return fail(s, "poll");
	}
	if (s->skip > 0)
		s->skip--;
	else if (s->wakeups < s->max_wakeups)
		s->wake[s->wakeups++] = now_ns();
	if (!s->opt->bare)
		note_delay(s);
	if ((s->capture ? read_period(s) : write_period(s)) == 0 || errno == EAGAIN)
		return 0;
	return errno == EPIPE ? recover(s) : fail(s, s->capture ? "READI_FRAMES" : "WRITEI_FRAMES");
}

static void *run(void *argument)
{
	struct stream *s = argument;
	const struct options *o = s->opt;
	int64_t total = (int64_t)o->seconds * o->rate;
	struct sched_param priority = { .sched_priority = PRIORITY };

	s->extra_min = 0x7fffffff;
	s->extra_max = -0x7fffffff;
	s->first_break = -1;
	s->word = 1;
	s->sample_bytes = o->format == SNDRV_PCM_FORMAT_S16_LE ? 2 : 4;
	s->frame_bytes = s->sample_bytes * o->channels;
	if (open_stream(s) < 0 || configure(s) < 0)
		return NULL;
	s->max_wakeups = total / s->period + 16;
	s->skip = s->capture ? 1 : s->buffer / s->period;
	s->data = calloc(s->period, s->frame_bytes);
	s->wake = calloc(s->max_wakeups, sizeof *s->wake);
	if (s->capture && o->keep)
		s->kept = calloc(total + s->period, s->frame_bytes);
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority);

	if (start(s) == 0)
		while (s->frames < total && step(s) == 0)
			;
	if (!s->failed && !s->capture) {
		fcntl(s->fd, F_SETFL, fcntl(s->fd, F_GETFL) & ~O_NONBLOCK);
		if (ioctl(s->fd, SNDRV_PCM_IOCTL_DRAIN) < 0)
			fail(s, "DRAIN");
	}
	close(s->fd);
	return NULL;
}

/* ---- report --------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void report(struct stream *s)
{
	long n = s->wakeups > 1 ? s->wakeups - 1 : 0;
	printf("{\"stream\":\"%s\",\"period\":%ld,\"buffer\":%ld,\"frames\":%lld,\"wakeups\":%ld,\"xruns\":%lld",
	       s->capture ? "capture" : "playback", s->period, s->buffer, (long long)s->frames, s->wakeups,
	       (long long)s->xruns);
	if (n > 0) {
		double span = (double)(s->wake[n] - s->wake[0]);
		printf(",\"mean_ns\":%.1f", span / n);
		for (long i = 0; i < n; i++)
			s->wake[i] = s->wake[i + 1] - s->wake[i];
		qsort(s->wake, n, sizeof *s->wake, ascending);
		printf(",\"p1_ns\":%lld,\"p50_ns\":%lld,\"p99_ns\":%lld,\"max_ns\":%lld", (long long)s->wake[n / 100],
		       (long long)s->wake[n / 2], (long long)s->wake[n - 1 - n / 100], (long long)s->wake[n - 1]);
	}
	if (s->extra_min <= s->extra_max)
		printf(",\"reported_latency_min\":%ld,\"reported_latency_max\":%ld", s->extra_min, s->extra_max);
	if (s->capture)
		printf(",\"synced\":%s,\"leading_silence\":%lld,\"silence\":%lld,\"breaks\":%lld,\"first_break\":%lld",
		       s->synced ? "true" : "false", (long long)s->leading_silence, (long long)s->silence,
		       (long long)s->breaks, (long long)s->first_break);
	if (s->failed)
		printf(",\"failed\":\"%s: %s\"", s->failed, strerror(s->error));
	printf("}\n");
}

static int keep(struct stream *s)
{
	FILE *out = fopen(s->opt->keep, "wb");
	int ok = out && fwrite(s->kept, s->frame_bytes, s->frames, out) == (size_t)s->frames;
	ok = (!out || fclose(out) == 0) && ok;
	if (!ok)
		perror(s->opt->keep);
	return ok ? 0 : 1;
}

static int print_limits(const struct options *o, int capture)
{
	struct stream s = { .opt = o, .capture = capture };
	struct snd_pcm_hw_params hw;
	if (open_stream(&s) < 0)
		goto failed;
	choose(&hw, o);
	if (ioctl(s.fd, SNDRV_PCM_IOCTL_HW_REFINE, &hw) < 0) {
		fail(&s, "HW_REFINE");
		goto failed;
	}
	struct snd_interval *period = interval(&hw, SNDRV_PCM_HW_PARAM_PERIOD_SIZE);
	struct snd_interval *buffer = interval(&hw, SNDRV_PCM_HW_PARAM_BUFFER_SIZE);
	struct snd_interval *periods = interval(&hw, SNDRV_PCM_HW_PARAM_PERIODS);
	printf("{\"stream\":\"%s\",\"period_min\":%u,\"period_max\":%u,\"buffer_min\":%u,\"buffer_max\":%u,"
	       "\"periods_min\":%u,\"periods_max\":%u}\n", capture ? "capture" : "playback",
	       period->min + period->openmin, period->max, buffer->min + buffer->openmin, buffer->max, periods->min,
	       periods->max);
	close(s.fd);
	return 0;
failed:
	fprintf(stderr, "pcmprobe: %s: %s\n", s.failed, strerror(s.error));
	return 1;
}

static int format_of(const char *name)
{
	if (!strcmp(name, "S16"))
		return SNDRV_PCM_FORMAT_S16_LE;
	if (!strcmp(name, "S32"))
		return SNDRV_PCM_FORMAT_S32_LE;
	if (!strcmp(name, "FLOAT"))
		return SNDRV_PCM_FORMAT_FLOAT_LE;
	fprintf(stderr, "pcmprobe: format %s: use S16, S32 or FLOAT\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	struct options o = { .format = SNDRV_PCM_FORMAT_S16_LE, .rate = 48000, .channels = 2, .period = 1024,
	                     .buffer = 4096, .seconds = 5 };
	int play = 0, capture = 0, limits = 0, c, bad = 0;

	while ((c = getopt(argc, argv, "c:d:PCf:r:n:p:b:s:o:Nm")) != -1)
		switch (c) {
		case 'c': o.card = atoi(optarg); break;
		case 'd': o.device = atoi(optarg); break;
		case 'P': play = 1; break;
		case 'C': capture = 1; break;
		case 'f': o.format = format_of(optarg); break;
		case 'r': o.rate = atoi(optarg); break;
		case 'n': o.channels = atoi(optarg); break;
		case 'p': o.period = atoi(optarg); break;
		case 'b': o.buffer = atoi(optarg); break;
		case 's': o.seconds = atoi(optarg); break;
		case 'o': o.keep = optarg; break;
		case 'N': o.bare = 1; break;
		case 'm': limits = 1; break;
		default: fprintf(stderr, "pcmprobe: see the head of pcmprobe.c\n"); return 2;
		}
	if (!play && !capture)
		play = capture = 1;
	if (limits)
		return (play && print_limits(&o, 0)) | (capture && print_limits(&o, 1));

	struct stream streams[2] = { { .opt = &o, .capture = 0 }, { .opt = &o, .capture = 1 } };
	int wanted[2] = { play, capture };
	pthread_t threads[2];
	mlockall(MCL_CURRENT | MCL_FUTURE);
	for (int i = 0; i < 2; i++)
		if (wanted[i] && pthread_create(&threads[i], NULL, run, &streams[i]) != 0)
			return 1;
	for (int i = 0; i < 2; i++)
		if (wanted[i])
			pthread_join(threads[i], NULL);
	for (int i = 0; i < 2; i++)
		if (wanted[i]) {
			report(&streams[i]);
			bad |= streams[i].failed != NULL;
			if (streams[i].kept && keep(&streams[i]))
				bad = 1;
		}
	return bad;
}
