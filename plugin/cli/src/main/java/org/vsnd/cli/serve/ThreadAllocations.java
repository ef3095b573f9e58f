// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what device and audio threads allocate, including those that have ended since. One thread. */
final class ThreadAllocations {
    static final String DEVICE_PREFIX = "vsnd-device-";
    static final String AUDIO_PREFIX = "vsnd-audio-";

    private final @Nullable ThreadMXBean threads =
            ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean && bean.isThreadAllocatedMemorySupported()
                    ? bean
                    : null;
    private final Map<Long, Long> bytesById = new HashMap<>();

    /** Bytes allocated so far; -1 if this JVM does not count them. */
    long bytes() {
        if (threads == null) {
            return -1;
        }
        for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && isOurs(info.getThreadName())) {
                long bytes = threads.getThreadAllocatedBytes(info.getThreadId());
                bytesById.merge(info.getThreadId(), bytes, Math::max);
            }
        }
        return bytesById.values().stream().mapToLong(Long::longValue).sum();
    }

    private static boolean isOurs(String name) {
        return name.startsWith(DEVICE_PREFIX) || name.startsWith(AUDIO_PREFIX);
    }
}
