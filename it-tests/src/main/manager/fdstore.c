// SPDX-License-Identifier: Apache-2.0
/*
 * A small service manager: opens sockets, starts one service, keeps the descriptors that it stores, and starts it again whenever
 * it ends: sd_listen_fds(3), sd_notify(3), and FileDescriptorStoreMax= of systemd.service(5).
 *
 * fdstore FOLDER MOST NAME=PATH... -- PROGRAM ARGUMENT...
 *
 * MOST is how many descriptors the store takes. "%n" in an argument is the number of the start, from 1 on. Says on standard
 * output, each with CLOCK_REALTIME in microseconds: "started N PID DESCRIPTORS", "ready N", "ended N STATUS DESCRIPTORS",
 * "full NAME". Takes a line on standard input: "quit" ends the service and the manager, "stored" says "stored DESCRIPTORS".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FIRST_FD 3
#define HIGH_FD 200 /* where the manager keeps its own */
#define MAX_STORED 512

struct stored {
	int fd;
	char name[256];
};

static struct stored stored[MAX_STORED];
static int stored_count;
static int most;
static struct stored sockets[16];
static int socket_count;
static int notify_fd;
static char notify_path[108];
static char **program;
static pid_t service;
static int starts;

static void fail(const char *what)
{
	perror(what);
	exit(111);
}

static void say(const char *what, int number, long more, int count)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	printf("%lld %s %d %ld %d\n", now.tv_sec * 1000000LL + now.tv_nsec / 1000, what, number, more, count);
	fflush(stdout);
}

static int high(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);

	if (copy < 0)
		fail("F_DUPFD_CLOEXEC");
	close(fd);
	return copy;
}

static int bound(int type, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		fail("socket");
	strcpy(address.sun_path, path);
	unlink(path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		fail(path);
	return high(fd);
}

static void store(const char *name, int fd)
{
	for (int i = 0; i < stored_count; i++) {
		if (!syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, stored[i].fd, fd)) {
			close(fd); /* the same open file is stored once, under its first name */
			return;
		}
	}
	if (stored_count == most) {
		say("full", stored_count, 0, 0);
		close(fd);
		return;
	}
	stored[stored_count].fd = high(fd);
	snprintf(stored[stored_count++].name, sizeof(stored[0].name), "%s", name);
}

static void remove_stored(const char *name)
{
	int kept = 0;

	for (int i = 0; i < stored_count; i++) {
		if (strcmp(stored[i].name, name))
			stored[kept++] = stored[i];
		else
			close(stored[i].fd);
	}
	stored_count = kept;
}

/* One message of the service; returns 0 if there was none. */
static int notified(void)
{
	char text[4096];
	char control[CMSG_SPACE(64 * sizeof(int))];
	struct iovec iov = { text, sizeof(text) - 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(notify_fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	const char *name = "stored";
	int storing = 0, removing = 0, ready = 0;

	if (n < 0)
		return 0;
	text[n] = '\0';
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (!strcmp(line, "FDSTORE=1"))
			storing = 1;
		else if (!strcmp(line, "FDSTOREREMOVE=1"))
			removing = 1;
		else if (!strcmp(line, "READY=1"))
			ready = 1;
		else if (!strncmp(line, "FDNAME=", 7))
			name = line + 7;
	}
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
		int count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (int i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (storing)
				store(name, fd);
			else
				close(fd);
		}
	}
	if (removing)
		remove_stored(name);
	if (ready)
		say("ready", starts, service, stored_count);
	return 1;
}

static char *with_number(const char *argument)
{
	const char *at = strstr(argument, "%n");
	char *made;

	if (!at)
		return strdup(argument);
	if (asprintf(&made, "%.*s%d%s", (int)(at - argument), argument, starts, at + 2) < 0)
		fail("asprintf");
	return made;
}

static void pass(int *next, char *names, size_t room, const struct stored *each)
{
	if (dup2(each->fd, *next) < 0) /* without close-on-exec */
		_exit(112);
	if (*next > FIRST_FD)
		strncat(names, ":", room - strlen(names) - 1);
	strncat(names, each->name, room - strlen(names) - 1);
	(*next)++;
}

static void start(void)
{
	starts++;
	service = fork();
	if (service < 0)
		fail("fork");
	if (!service) {
		static char names[MAX_STORED * 64];
		char number[16];
		int next = FIRST_FD;
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		for (int i = 0; i < socket_count; i++)
			pass(&next, names, sizeof(names), &sockets[i]);
		for (int i = 0; i < stored_count; i++)
			pass(&next, names, sizeof(names), &stored[i]);
		snprintf(number, sizeof(number), "%d", next - FIRST_FD);
		setenv("LISTEN_FDS", number, 1);
		setenv("LISTEN_FDNAMES", names, 1);
		snprintf(number, sizeof(number), "%d", getpid());
		setenv("LISTEN_PID", number, 1);
		setenv("NOTIFY_SOCKET", notify_path, 1);
		for (char **argument = program; *argument; argument++)
			*argument = with_number(*argument);
		dup2(2, 1); /* standard output is ours */
		execvp(program[0], program);
		_exit(113);
	}
	say("started", starts, service, stored_count);
}

int main(int argc, char **argv)
{
	struct pollfd fds[3];
	sigset_t child;
	char line[64];

	if (argc < 4)
		fail("arguments");
	most = atoi(argv[2]);
	snprintf(notify_path, sizeof(notify_path), "%s/notify", argv[1]);
	notify_fd = bound(SOCK_DGRAM, notify_path);
	for (argv += 3; *argv && strcmp(*argv, "--"); argv++) {
		char *equals = strchr(*argv, '=');

		if (!equals)
			fail(*argv);
		*equals = '\0';
		sockets[socket_count].fd = bound(SOCK_STREAM, equals + 1);
		if (listen(sockets[socket_count].fd, 16))
			fail("listen");
		snprintf(sockets[socket_count++].name, sizeof(sockets[0].name), "%s", *argv);
	}
	if (!*argv || !argv[1])
		fail("no program");
	program = argv + 1;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	fds[0] = (struct pollfd){ 0, POLLIN, 0 };
	fds[1] = (struct pollfd){ notify_fd, POLLIN, 0 };
	fds[2] = (struct pollfd){ high(signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC)), POLLIN, 0 };
	start();
	for (;;) {
		struct signalfd_siginfo ignored;
		int status;

		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			fail("poll");
		while (notified()) /* before a death: what the service said last still counts */
			;
		if (read(fds[2].fd, &ignored, sizeof(ignored)) > 0 && waitpid(service, &status, WNOHANG) == service) {
			while (notified())
				;
			say("ended", starts, status, stored_count);
			start();
		}
		if (fds[0].revents) {
			if (!fgets(line, sizeof(line), stdin) || !strncmp(line, "quit", 4)) {
				kill(service, SIGKILL);
				waitpid(service, &status, 0);
				return 0;
			}
			if (!strncmp(line, "stored", 6))
				say("stored", starts, 0, stored_count);
		}
	}
}
