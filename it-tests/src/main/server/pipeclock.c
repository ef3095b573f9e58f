// SPDX-License-Identifier: Apache-2.0
/*
 * A converter with a clock of its own at the far end of a PulseAudio pipe: the DAC that reads what module-pipe-sink
 * writes, or the ADC that writes what module-pipe-source reads. The server has no other clock for such a device.
 *
 *   pipeclock read  FIFO FRAME_BYTES RATE PPB TICK PIPE_BYTES PIECES DATA     DATA: takes what was read
 *   pipeclock write FIFO FRAME_BYTES RATE PPB TICK PIPE_BYTES PIECES SIGNAL   SIGNAL: frames to send, then silence
 *
 * The clock runs at RATE * (1 + PPB / 1e9) Hz of CLOCK_MONOTONIC. Every TICK frames, at deadlines worked out from the
 * number of frames since the start, it moves that many frames. A converter does not wait: frames that are not in the
 * pipe, or for which there is no room, are missed. PIPE_BYTES bounds the pipe, and with it the latency. When the other
 * side has gone, the FIFO of the same name is opened as soon as there is a new one.
 *
 * PIECES gets a head and then one entry for each tick that moved frames or missed frames after others were moved, all in
 * the host's byte order (see struct head, struct piece). Both files grow while it runs.
 *
 * It says "running" when the clock has started, followed by "realtime" or "ordinary"; it ends when standard input ends,
 * and says "done".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PRIORITY = 60, FLUSH_MICROS = 5000, LOOK_TICKS = 16 };
static const size_t MAX_DATA = (size_t)4 << 30, MAX_PIECES = (size_t)4 << 30; /* address space only */

struct head { int64_t start_ns, rate_hz, ppb, frame_bytes, tick_frames; };
struct piece {
	int64_t clock_frame;            /* frames since the start, before this tick's */
	int64_t moved_frame;            /* frames moved before this tick's */
	int64_t late_ns;                /* how long after its deadline the tick came */
	int32_t moved, missed;          /* this tick's frames */
};

static struct head head;
static struct piece *pieces;
static char *data;
static _Atomic int64_t piece_count, data_bytes;
static int64_t signal_bytes;            /* of the file; behind it there is silence */
static atomic_int ending;
static const char *fifo;
static int writing, pipe_fd = -1, pipe_bytes;
static ino_t pipe_inode;

static void die(const char *what)
{
	fprintf(stderr, "pipeclock: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* When a frame is due, in nanoseconds. */
static int64_t due_ns(int64_t frame)
{
	__int128 scaled = (__int128)frame * 1000000000 * 1000000000;
	return head.start_ns + (int64_t)(scaled / ((__int128)head.rate_hz * (1000000000 + head.ppb)));
}

/* Opens the FIFO unless it is the one that is open. */
static int open_pipe(void)
{
	struct stat s;
	int fd = open(fifo, (writing ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &s) < 0 || s.st_ino == pipe_inode) {
		close(fd);
		return -1;
	}
	if (!S_ISFIFO(s.st_mode) || fcntl(fd, F_SETPIPE_SZ, pipe_bytes) < 0)
		die(fifo);
	if (pipe_fd >= 0)
		close(pipe_fd);
	pipe_fd = fd;
	pipe_inode = s.st_ino;
	return 0;
}

/* Moves whole frames, at most so many bytes. */
static ssize_t move(char *at, size_t bytes, int64_t tick)
{
	ssize_t n = writing ? write(pipe_fd, at, bytes) : read(pipe_fd, at, bytes);
	if ((n < 0 && errno == EPIPE) || (n == 0 && !writing)) {
		if (tick % LOOK_TICKS == 0)
			open_pipe();
		return 0;
	}
	if (n < 0 && errno != EAGAIN)
		die(fifo);
	if (n > 0 && n % head.frame_bytes != 0) {
		fprintf(stderr, "pipeclock: a frame came in parts\n");
		exit(1);
	}
	return n < 0 ? 0 : n;
}

static void wait_until(int64_t ns)
{
	struct timespec t = { ns / 1000000000, ns % 1000000000 };
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static void *run_clock(void *silence)
{
	int64_t clock = 0, moved = 0, bytes = head.tick_frames * head.frame_bytes;
	int flowing = 0;
	for (int64_t tick = 1; !atomic_load(&ending); tick++) {
		int64_t due = due_ns(clock + head.tick_frames);
		wait_until(due);
		int64_t late = now_ns() - due, place = clock * head.frame_bytes;
		char *at = !writing ? data + moved * head.frame_bytes : place + bytes <= signal_bytes ? data + place : silence;
		ssize_t n = move(at, bytes, tick);
		if (n > 0 || flowing) {
			int64_t count = atomic_load(&piece_count);
			int32_t frames = n / head.frame_bytes;
			pieces[count] = (struct piece){ clock, moved, late, frames, head.tick_frames - frames };
			atomic_store(&piece_count, count + 1);
		}
		flowing = n > 0;
		clock += head.tick_frames;
		moved += n / head.frame_bytes;
		atomic_store(&data_bytes, moved * head.frame_bytes);
		if ((size_t)(moved + head.tick_frames) * head.frame_bytes > MAX_DATA
		    || (size_t)(tick + 1) * sizeof *pieces > MAX_PIECES) {
			fprintf(stderr, "pipeclock: too long\n");
			exit(1);
		}
	}
	return NULL;
}

/* ---- files: not the clock's business, a disk may keep its user waiting ----------------------------------------- */

static void append(int fd, const char *from, int64_t *done, int64_t end)
{
	while (*done < end) {
		ssize_t n = write(fd, from + *done, end - *done);
		if (n < 0)
			die("write");
		*done += n;
	}
}

struct files { int pieces, data; };

static void *flush(void *argument)
{
	struct files *files = argument;
	int64_t pieces_done = 0, data_done = 0;
	for (int last = 0; !last; usleep(FLUSH_MICROS)) {
		last = atomic_load(&ending) > 1;
		int64_t piece_end = atomic_load(&piece_count) * sizeof *pieces, data_end = atomic_load(&data_bytes);
		if (!writing)
			append(files->data, data, &data_done, data_end);
		append(files->pieces, (char *)pieces, &pieces_done, piece_end);
	}
	return NULL;
}

static int create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		die(path);
	return fd;
}

static void *reserve(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/* With silence up to a whole tick. */
static void load_signal(const char *path)
{
	struct stat s;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &s) < 0)
		die(path);
	int64_t tick_bytes = head.tick_frames * head.frame_bytes;
	signal_bytes = (s.st_size + tick_bytes - 1) / tick_bytes * tick_bytes;
	data = reserve(signal_bytes + 1);
	for (int64_t done = 0; done < s.st_size;) {
		ssize_t n = read(fd, data + done, s.st_size - done);
		if (n <= 0)
			die(path);
		done += n;
	}
	close(fd);
}

static pthread_t start_thread(void *(*body)(void *), void *argument)
{
	pthread_t thread;
	if ((errno = pthread_create(&thread, NULL, body, argument)) != 0)
		die("pthread_create");
	return thread;
}

int main(int argc, char **argv)
{
	if (argc != 10 || (strcmp(argv[1], "read") && strcmp(argv[1], "write"))) {
		fprintf(stderr, "usage: pipeclock read|write FIFO FRAME_BYTES RATE PPB TICK PIPE_BYTES PIECES DATA\n");
		return 2;
	}
	writing = !strcmp(argv[1], "write");
	fifo = argv[2];
	head = (struct head){ 0, atoll(argv[4]), atoll(argv[5]), atoll(argv[3]), atoll(argv[6]) };
	pipe_bytes = atoi(argv[7]);
	signal(SIGPIPE, SIG_IGN);
	if (open_pipe() < 0)
		die(fifo);
	struct files files = { create(argv[8]), -1 };
	pieces = reserve(MAX_PIECES);
	if (writing) {
		load_signal(argv[9]);
	} else {
		data = reserve(MAX_DATA);
		files.data = create(argv[9]);
	}
	char *silence = calloc(head.tick_frames, head.frame_bytes);
	head.start_ns = now_ns();
	if (write(files.pieces, &head, sizeof head) != sizeof head)
		die(argv[8]);
	pthread_t clock = start_thread(run_clock, silence);
	struct sched_param param = { .sched_priority = PRIORITY };
	int realtime = pthread_setschedparam(clock, SCHED_FIFO, &param) == 0;
	pthread_t flusher = start_thread(flush, &files);
	printf("running %s\n", realtime ? "realtime" : "ordinary");
	fflush(stdout);
	while (getchar() != EOF)
		;
	atomic_store(&ending, 1);
	pthread_join(clock, NULL);
	atomic_store(&ending, 2);
	pthread_join(flusher, NULL);
	puts("done");
	return 0;
}
