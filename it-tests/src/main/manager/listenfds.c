// SPDX-License-Identifier: Apache-2.0
/*
 * Opens sockets as a service manager does, and becomes the program that is to serve them: sd_listen_fds(3).
 * listenfds NAME=PATH... -- PROGRAM ARGUMENT...
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_FD 3

static void fail(const char *what)
{
	perror(what);
	exit(111);
}

static void listen_as(int wanted, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		fail("socket");
	strcpy(address.sun_path, path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 16))
		fail(path);
	if (fd == wanted)
		return;
	if (dup2(fd, wanted) < 0 || close(fd))
		fail("dup2");
}

int main(int argc, char **argv)
{
	char names[256] = "";
	char number[16];
	int count = 0;

	for (argv++; *argv && strcmp(*argv, "--"); argv++) {
		char *equals = strchr(*argv, '=');

		if (!equals)
			fail(*argv);
		*equals = '\0';
		if (count)
			strncat(names, ":", sizeof(names) - strlen(names) - 1);
		strncat(names, *argv, sizeof(names) - strlen(names) - 1);
		listen_as(FIRST_FD + count++, equals + 1);
	}
	if (!*argv || !argv[1])
		fail("no program");
	snprintf(number, sizeof(number), "%d", count);
	setenv("LISTEN_FDS", number, 1);
	setenv("LISTEN_FDNAMES", names, 1);
	snprintf(number, sizeof(number), "%d", getpid());
	setenv("LISTEN_PID", number, 1);
	execvp(argv[1], argv + 1);
	fail(argv[1]);
}
