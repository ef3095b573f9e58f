// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.EventSignals;
import org.vsnd.server.RateLimitedLog;
import org.vsnd.server.SharedBits;

/**
 * The front end's log of the pages that we write, one bit for each page of 4 KiB from address 0 on, while it keeps one. Device
 * thread only.
 */
final class DirtyLog {
    private static final int PAGE_SHIFT = 12;

    private final SharedBits pages;
    private final EventSignals signals;
    private final RateLimitedLog log;
    private @Nullable EventFd changed;
    private boolean everything;
    /** That the log is too small has been said. */
    private boolean told;

    DirtyLog(SharedBits pages, EventSignals signals, RateLimitedLog log) {
        this.pages = pages;
        this.signals = signals;
        this.log = log;
    }

    /** SET_LOG_BASE: this piece of a file is the log from now on; an earlier one is not written any more. */
    void use(int fd, long offset, long bytes) throws ErrnoException {
        told = false;
        pages.map(fd, offset, bytes);
    }

    /** SET_LOG_FD: signalled when a page is new in the log. */
    void signal(@Nullable EventFd eventFd) {
        if (changed != null) {
            changed.close();
        }
        changed = eventFd;
    }

    /** VHOST_F_LOG_ALL: whether every page counts, and not only used rings that have a place in the log. */
    void setEverything(boolean on) {
        everything = on;
    }

    boolean everything() {
        return everything;
    }

    /** Whether there is a log. */
    boolean on() {
        return pages.count() != 0;
    }

    /** Notes that something was written. */
    void wrote(long address, int length) {
        boolean fresh = false;
        if (length > 0) {
            long last = (address + length - 1) >>> PAGE_SHIFT;
            for (long page = address >>> PAGE_SHIFT; page <= last; page++) {
                fresh |= note(page);
            }
        }
        if (fresh && changed != null) {
            signals.signal(changed);
        }
    }

    private boolean note(long page) {
        if (page < pages.count()) {
            return pages.set(page);
        }
        if (!told) {
            told = true;
            log.warn(() -> String.format(
                    "its log of %d pages has no place for page 0x%x: it may lose what is written there",
                    pages.count(), page));
        }
        return false;
    }

    /** The front end is gone. */
    void clear() {
        pages.unmap();
        everything = false;
        signal(null);
    }
}
