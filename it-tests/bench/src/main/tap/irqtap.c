// SPDX-License-Identifier: Apache-2.0
/*
 * Stands between a vfio-user client (QEMU) and the device's server and writes down when each MSI-X interrupt reaches the
 * client's side. Messages and descriptors pass both ways as they are, except that the client's MSI-X eventfds are
 * replaced by eventfds of our own: a thread waits on those, takes CLOCK_MONOTONIC, and signals the client's.
 *
 *   irqtap LISTEN-SOCKET SERVER-SOCKET
 *
 * It says "listening" when the client may connect. Commands on standard input, each answered by one line:
 *   record PERIOD RATE   starts to write down, and starts the control beside it: a bare timerfd loop of PERIOD / RATE
 *                        seconds, whose wake-ups are written down as vector 0xffffffff             "recording"
 *   stop FILE            ends both and writes { int64 nanoseconds; uint32 vector; uint32 count } records, in the host's
 *                        byte order; count > 1: signals that arrived as one                         "stamps N"
 * It ends when either side hangs up or standard input ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { VECTORS = 16, MAX_FDS = 64, MAX_STAMPS = 1 << 20, MAX_MESSAGE = 4 << 20, HEADER = 16 };
enum { SET_IRQS = 8, MSIX = 2, DATA_NONE = 1, DATA_EVENTFD = 4, ACTION_TRIGGER = 0x20, REPLY = 1 };
/* The device's thread runs at 50, and so does the control; what only observes or carries must not be kept waiting. */
enum { CONTROL_PRIORITY = 50, CARRY_PRIORITY = 55, STAMP_PRIORITY = 60 };
static const uint32_t CONTROL = 0xffffffff;

struct stamp { int64_t ns; uint32_t vector, count; };

static struct stamp *stamps;
static size_t stamp_count;
static int recording;
static pthread_mutex_t stamps_lock = PTHREAD_MUTEX_INITIALIZER;

static int ours[VECTORS];               /* what the server signals; made once, so that no signal is lost */
static _Atomic int theirs[VECTORS];     /* what the client waits for; -1: nothing */

static long control_period, control_rate;
static atomic_int control_ends;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void note(int64_t ns, uint32_t vector, uint64_t count)
{
	pthread_mutex_lock(&stamps_lock);
	if (recording && stamp_count < MAX_STAMPS)
		stamps[stamp_count++] = (struct stamp){ ns, vector, (uint32_t)count };
	pthread_mutex_unlock(&stamps_lock);
}

static pthread_t start_thread(int priority, void *(*body)(void *), void *argument)
{
	struct sched_param param = { .sched_priority = priority };
	pthread_t thread;
	if (pthread_create(&thread, NULL, body, argument) != 0)
		die("pthread_create");
	if ((errno = pthread_setschedparam(thread, SCHED_FIFO, &param)) != 0)
		die("irqtap needs SCHED_FIFO: run it as root");
	return thread;
}

/* ---- stamping ------------------------------------------------------------------------------------------------- */

static void *stamp_interrupts(void *unused)
{
	struct pollfd p[VECTORS];
	for (int v = 0; v < VECTORS; v++)
		p[v] = (struct pollfd){ .fd = ours[v], .events = POLLIN };
	for (;;) {
		if (poll(p, VECTORS, -1) < 0 && errno != EINTR)
			die("poll");
		int64_t ns = now_ns();
		for (int v = 0; v < VECTORS; v++) {
			uint64_t count, one = 1;
			if (!(p[v].revents & POLLIN) || read(ours[v], &count, sizeof count) != sizeof count)
				continue;
			int to = atomic_load(&theirs[v]);
			if (to >= 0 && write(to, &one, sizeof one) != sizeof one)
				perror("irqtap: the client's eventfd");
			note(ns, v, count);
		}
	}
	return unused;
}

static void *run_control(void *unused)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	int64_t start = now_ns();
	for (int64_t n = 1; !atomic_load(&control_ends); n++) {
		int64_t at = start + (int64_t)((__int128)n * control_period * 1000000000 / control_rate);
		struct itimerspec when = { .it_value = { at / 1000000000, at % 1000000000 } };
		uint64_t expirations;
		if (timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, NULL) < 0)
			die("timerfd_settime");
		struct pollfd p = { .fd = fd, .events = POLLIN };
		poll(&p, 1, -1);
		int64_t ns = now_ns();
		if (read(fd, &expirations, sizeof expirations) == sizeof expirations)
			note(ns, CONTROL, expirations);
	}
	close(fd);
	return unused;
}

/* ---- carrying messages ---------------------------------------------------------------------------------------- */

struct message {
	char *bytes;
	uint32_t length;
	int fds[MAX_FDS], fd_count;
};

static uint32_t le32(const struct message *m, size_t offset)
{
	uint32_t value;
	memcpy(&value, m->bytes + offset, sizeof value);
	return value;
}

static int receive_rest(int socket, struct message *m, size_t have, size_t want)
{
	while (have < want) {
		ssize_t n = recv(socket, m->bytes + have, want - have, 0);
		if (n <= 0)
			return -1;
		have += n;
	}
	return 0;
}

/* Descriptors come with a message's first byte. */
static int receive(int socket, struct message *m)
{
	char control[CMSG_SPACE(sizeof m->fds)];
	struct iovec iov = { m->bytes, HEADER };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	ssize_t n = recvmsg(socket, &h, MSG_CMSG_CLOEXEC);
	if (n <= 0)
		return -1;
	m->fd_count = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&h); c; c = CMSG_NXTHDR(&h, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
			m->fd_count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			memcpy(m->fds, CMSG_DATA(c), m->fd_count * sizeof(int));
		}
	if (receive_rest(socket, m, n, HEADER) < 0)
		return -1;
	m->length = le32(m, 4);
	if (m->length < HEADER || m->length > MAX_MESSAGE) {
		fprintf(stderr, "irqtap: a message of %u bytes\n", m->length);
		return -1;
	}
	return receive_rest(socket, m, HEADER, m->length);
}

static int send_on(int socket, struct message *m)
{
	char control[CMSG_SPACE(sizeof m->fds)] = { 0 };
	struct iovec iov = { m->bytes, m->length };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	if (m->fd_count > 0) {
		h.msg_control = control;
		h.msg_controllen = CMSG_SPACE(m->fd_count * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(m->fd_count * sizeof(int));
		memcpy(CMSG_DATA(c), m->fds, m->fd_count * sizeof(int));
	}
	ssize_t n = sendmsg(socket, &h, MSG_NOSIGNAL);
	for (size_t sent = n; n > 0 && sent < m->length; sent += n)
		n = send(socket, m->bytes + sent, m->length - sent, MSG_NOSIGNAL);
	return n > 0 ? 0 : -1;
}

static void keep_client_fd(uint32_t vector, int fd)
{
	int old = atomic_exchange(&theirs[vector], fd);
	if (old >= 0)
		close(old);
}

/* Gives the server our eventfds for the client's, if the message sets those of MSI-X vectors. */
static void swap_eventfds(struct message *m)
{
	if (m->length < HEADER + 20 || (le32(m, 8) & 0xf) == REPLY || (le32(m, 0) >> 16) != SET_IRQS
	    || le32(m, HEADER + 8) != MSIX)
		return;
	uint32_t flags = le32(m, HEADER + 4), start = le32(m, HEADER + 12), count = le32(m, HEADER + 16);
	if (flags == (DATA_NONE | ACTION_TRIGGER) && count == 0) {
		for (uint32_t v = 0; v < VECTORS; v++)
			keep_client_fd(v, -1);
	} else if (flags == (DATA_EVENTFD | ACTION_TRIGGER)) {
		if (start > VECTORS || count > VECTORS - start) {
			fprintf(stderr, "irqtap: vectors %u+%u are beyond %d\n", start, count, VECTORS);
			exit(1);
		}
		for (uint32_t i = 0; i < count; i++) {
			int given = i < (uint32_t)m->fd_count ? m->fds[i] : -1;
			keep_client_fd(start + i, given);
			if (given >= 0)
				m->fds[i] = dup(ours[start + i]);
		}
	}
}

struct direction { int from, to, is_client; };

static void *carry(void *argument)
{
	struct direction *d = argument;
	struct message m = { .bytes = malloc(MAX_MESSAGE) };
	while (receive(d->from, &m) == 0) {
		if (d->is_client)
			swap_eventfds(&m);
		int broken = send_on(d->to, &m);
		for (int i = 0; i < m.fd_count; i++)
			close(m.fds[i]);
		if (broken)
			break;
	}
	exit(0);
}

/* ---- beginning and commands ----------------------------------------------------------------------------------- */

static struct sockaddr_un address(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof a.sun_path) {
		fprintf(stderr, "irqtap: %s is too long for a socket\n", path);
		exit(2);
	}
	strcpy(a.sun_path, path);
	return a;
}

static int accept_one(const char *path)
{
	struct sockaddr_un a = address(path);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unlink(path);
	if (bind(listener, (struct sockaddr *)&a, sizeof a) < 0 || listen(listener, 1) < 0)
		die(path);
	puts("listening");
	int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (client < 0)
		die("accept");
	unlink(path);
	close(listener);
	return client;
}

static int connect_to(const char *path)
{
	struct sockaddr_un a = address(path);
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(server, (struct sockaddr *)&a, sizeof a) < 0)
		die(path);
	return server;
}

static void set_recording(int on)
{
	pthread_mutex_lock(&stamps_lock);
	recording = on;
	if (on)
		stamp_count = 0;
	pthread_mutex_unlock(&stamps_lock);
}

static void write_stamps(const char *path)
{
	FILE *out = fopen(path, "wb");
	if (!out || fwrite(stamps, sizeof *stamps, stamp_count, out) != stamp_count || fclose(out) != 0)
		die(path);
	printf("stamps %zu\n", stamp_count);
}

static void obey(void)
{
	char line[512], path[500];
	pthread_t control;
	int running = 0;
	while (fgets(line, sizeof line, stdin)) {
		if (!running && sscanf(line, "record %ld %ld", &control_period, &control_rate) == 2) {
			atomic_store(&control_ends, 0);
			set_recording(1);
			control = start_thread(CONTROL_PRIORITY, run_control, NULL);
			running = 1;
			puts("recording");
		} else if (running && sscanf(line, "stop %499[^\n]", path) == 1) {
			atomic_store(&control_ends, 1);
			pthread_join(control, NULL);
			running = 0;
			set_recording(0);
			write_stamps(path);
		} else {
			fprintf(stderr, "irqtap: not understood: %s", line);
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: irqtap LISTEN-SOCKET SERVER-SOCKET\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	stamps = calloc(MAX_STAMPS, sizeof *stamps);
	for (int v = 0; v < VECTORS; v++) {
		atomic_store(&theirs[v], -1);
		if ((ours[v] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) < 0)
			die("eventfd");
	}
	int client = accept_one(argv[1]);
	int server = connect_to(argv[2]);
	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		perror("irqtap: mlockall");
	struct direction up = { client, server, 1 }, down = { server, client, 0 };
	start_thread(STAMP_PRIORITY, stamp_interrupts, NULL);
	start_thread(CARRY_PRIORITY, carry, &up);
	start_thread(CARRY_PRIORITY, carry, &down);
	obey();
	return 0;
}
