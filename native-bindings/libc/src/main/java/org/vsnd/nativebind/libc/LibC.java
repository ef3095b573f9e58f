// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import com.sun.jna.Native;

/**
 * The C library, one to one: C names, C arguments. Pointers and {@code size_t} are {@code long}, so that a call
 * allocates nothing; {@code byte[]} arguments are copied in and out and are for rare calls only. The error number of the
 * calling thread's last call is {@link #errno()}.
 */
@SuppressWarnings("MemberName") // C's own spelling
public final class LibC {
    public static final int AF_UNIX = 1;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int SHUT_RDWR = 2;
    public static final int SOL_SOCKET = 1;
    public static final int SO_TYPE = 3;
    public static final int SO_ACCEPTCONN = 30;
    public static final int SO_DOMAIN = 39;
    public static final int SO_PEEK_OFF = 42;
    public static final int SIOCOUTQ = 0x5411;
    public static final int SIOCINQ = 0x541B;
    public static final int SCM_RIGHTS = 1;

    public static final int MSG_PEEK = 0x2;
    public static final int MSG_CTRUNC = 0x8;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int MSG_CMSG_CLOEXEC = 0x40000000;

    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 1;
    public static final int MAP_NORESERVE = 0x4000;

    public static final int FD_CLOEXEC = 1;
    public static final int F_SETFD = 2;
    public static final int F_GETFL = 3;
    public static final int F_SETFL = 4;
    public static final int F_DUPFD_CLOEXEC = 1030;
    public static final int F_ADD_SEALS = 1033;
    public static final int F_GET_SEALS = 1034;
    public static final int F_SEAL_SEAL = 0x1;
    public static final int F_SEAL_SHRINK = 0x2;
    public static final int F_SEAL_GROW = 0x4;
    public static final int FALLOC_FL_KEEP_SIZE = 0x1;
    public static final int FALLOC_FL_PUNCH_HOLE = 0x2;
    public static final int SEEK_CUR = 1;
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;
    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;

    public static final int EPOLL_CLOEXEC = 0x80000;
    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLLIN = 0x1;
    public static final int EPOLLET = 0x80000000;
    public static final int IOCB_CMD_PREAD = 0;
    public static final int IOCB_FLAG_RESFD = 1;
    public static final int EFD_NONBLOCK = 0x800;
    public static final int EFD_CLOEXEC = 0x80000;
    public static final int TFD_NONBLOCK = 0x800;
    public static final int TFD_CLOEXEC = 0x80000;
    public static final int TFD_TIMER_ABSTIME = 1;
    public static final int CLOCK_MONOTONIC = 1;
    public static final int CLOCK_THREAD_CPUTIME_ID = 3;
    public static final int MFD_CLOEXEC = 1;
    public static final int MFD_ALLOW_SEALING = 2;

    public static final int PRIO_PROCESS = 0;

    public static final int SCHED_OTHER = 0;
    public static final int SCHED_RR = 2;
    public static final int SCHED_RESET_ON_FORK = 0x40000000;

    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_EMPTY_PATH = 0x1000;
    public static final int STATX_BASIC_STATS = 0x7ff;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    /** The error number of this thread's last failed call. */
    public static int errno() {
        return Native.getLastError();
    }

    public static native long memcpy(long dest, long src, long n);

    public static native void free(long ptr);

    public static native int socket(int domain, int type, int protocol);

    public static native int bind(int sockfd, byte[] addr, int addrlen);

    public static native int listen(int sockfd, int backlog);

    public static native int connect(int sockfd, byte[] addr, int addrlen);

    public static native int setsockopt(int sockfd, int level, int optname, long optval, int optlen);

    public static native int getsockopt(int sockfd, int level, int optname, long optval, long optlen);

    public static native int getsockname(int sockfd, long addr, long addrlen);

    public static native int accept4(int sockfd, long addr, long addrlen, int flags);

    public static native long recvmsg(int sockfd, long msg, int flags);

    public static native long sendmsg(int sockfd, long msg, int flags);

    public static native long recv(int sockfd, long buf, long len, int flags);

    public static native long send(int sockfd, long buf, long len, int flags);

    public static native int shutdown(int sockfd, int how);

    /** Variadic in C for creating files, which is not supported here. */
    public static native int open(byte[] pathname, int flags);

    public static native int close(int fd);

    public static native long lseek(int fd, long offset, int whence);

    public static native long read(int fd, long buf, long count);

    public static native long write(int fd, long buf, long count);

    public static native long mmap(long addr, long length, int prot, int flags, int fd, long offset);

    public static native int munmap(long addr, long length);

    public static native int poll(long fds, long nfds, int timeout);

    public static native int ppoll(long fds, long nfds, long timeout, long sigmask);

    public static native int epoll_create1(int flags);

    public static native int epoll_ctl(int epfd, int op, int fd, long event);

    public static native int epoll_wait(int epfd, long events, int maxevents, int timeout);

    public static native int eventfd(int initval, int flags);

    public static native int timerfd_create(int clockid, int flags);

    public static native int timerfd_settime(int fd, int flags, long new_value, long old_value);

    public static native int clock_gettime(int clockid, long tp);

    /** Variadic in C; with one {@code long} the two calling conventions agree on x86-64 and aarch64. */
    public static native int ioctl(int fd, long request, long arg);

    /** Variadic in C; with one {@code int} the two calling conventions agree on x86-64 and aarch64. */
    public static native int fcntl(int fd, int cmd, int arg);

    public static native int memfd_create(byte[] name, int flags);

    public static native int ftruncate(int fd, long length);

    public static native int fallocate(int fd, int mode, long offset, long length);

    public static native int fchmod(int fd, int mode);

    public static native int chmod(byte[] path, int mode);

    public static native int unlink(byte[] path);

    public static native int link(byte[] oldpath, byte[] newpath);

    public static native int rename(byte[] oldpath, byte[] newpath);

    public static native int flock(int fd, int operation);

    public static native int statx(int dirfd, byte[] path, int flags, int mask, long statxbuf);

    public static native int setpriority(int which, int who, int prio);

    public static native int sched_setscheduler(int pid, int policy, byte[] param);

    public static native int getpid();

    public static native long readlink(byte[] pathname, byte[] buf, long bufsiz);

    /** Variadic in C; with {@code long}s the two calling conventions agree on x86-64 and aarch64. */
    public static native long syscall(long number, long a, long b, long c, long d, long e);

    public static native long syscall(long number, long a, long b, long c, long d, long e, long f);

    public static native String strerror(int errnum);
}
