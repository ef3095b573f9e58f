// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.server.Message;
import org.vsnd.server.ProtocolException;

/** SET_LOG_BASE and SET_LOG_FD. Device thread only. */
final class LogCommands {
    /** Bytes of SET_LOG_BASE where the log is a file. */
    static final int LENGTH = 16;

    private static final int MMAP_SIZE = 0; // u64
    private static final int MMAP_OFFSET = 8; // u64

    private final DirtyLog log;

    LogCommands(DirtyLog log) {
        this.log = log;
    }

    /** Sets the log, which may be replaced while rings run. */
    void setBase(Message message) throws ProtocolException {
        try {
            log.use(message.fds().get(0), message.u64(MMAP_OFFSET), message.u64(MMAP_SIZE));
        } catch (ErrnoException e) {
            throw new ProtocolException("its log cannot be used: " + e.getMessage(), e.errno());
        }
    }

    /** Sets the descriptor that says that the log has changed. */
    void setFd(Message message) throws ProtocolException {
        if (!FileDescriptors.isEventFd(message.fds().get(0))) {
            throw new ProtocolException("the descriptor for its log is not an eventfd", Errno.EINVAL);
        }
        log.signal(EventFd.adopt(message.fds().take(0)));
    }
}
