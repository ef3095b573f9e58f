// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.server.Message;
import org.vsnd.server.Reply;

/** The commands DEVICE_FEATURE, MIG_DATA_READ and MIG_DATA_WRITE. Device thread only. */
final class MigrationCommands {
    private static final int ARGSZ = 0; // le32
    private static final int FLAGS = 4; // le32
    private static final int DATA = 8;
    private static final int FEATURE_MASK = 0xffff;
    private static final int GET = 1 << 16;
    private static final int SET = 1 << 17;
    private static final int PROBE = 1 << 18;

    private static final int FEATURE_MIGRATION = 1;
    private static final int MIGRATION_STOP_COPY = 1;
    private static final int MIGRATION_BYTES = 8;

    private static final int FEATURE_MIG_DEVICE_STATE = 2;
    private static final int DEVICE_STATE = DATA; // le32
    private static final int DATA_FD = DATA + 4; // le32
    private static final int STATE_BYTES = 8;
    private static final int NO_FD = -1;

    private static final int SIZE = 4; // le32 of MIG_DATA_READ and MIG_DATA_WRITE

    private final @Nullable Migration migration;

    /** @param migration the function's; null: it has no state that could be saved */
    MigrationCommands(@Nullable Migration migration) {
        this.migration = migration;
    }

    /** DEVICE_FEATURE. */
    void feature(Message message, Reply reply) {
        if (message.payloadLength() < DATA) {
            reply.error(Errno.EINVAL);
            return;
        }
        int flags = message.u32(FLAGS);
        int supported = methods(flags & FEATURE_MASK);
        int method = flags & (GET | SET);
        if (supported == 0 || migration == null) {
            reply.error(Errno.ENOTTY);
        } else if ((flags & ~(FEATURE_MASK | PROBE)) != method || (method & ~supported) != 0) {
            reply.error(Errno.EINVAL);
        } else if ((flags & PROBE) != 0) {
            echo(message, reply);
        } else if (method == GET) {
            get(migration, message, reply);
        } else if (method == SET) {
            setState(migration, message, reply);
        } else {
            reply.error(Errno.EINVAL);
        }
    }

    private static int methods(int feature) {
        return switch (feature) {
            case FEATURE_MIGRATION -> GET;
            case FEATURE_MIG_DEVICE_STATE -> GET | SET;
            default -> 0;
        };
    }

    private static void echo(Message message, Reply reply) {
        reply.payload(message.payloadLength());
        reply.copy(0, message.copy(0, message.payloadLength()));
    }

    private static void get(Migration migration, Message message, Reply reply) {
        int flags = message.u32(FLAGS);
        boolean features = (flags & FEATURE_MASK) == FEATURE_MIGRATION;
        int length = DATA + (features ? MIGRATION_BYTES : STATE_BYTES);
        boolean whole = Integer.compareUnsigned(message.u32(ARGSZ), length) >= 0;
        reply.payload(whole ? length : DATA);
        reply.u32(ARGSZ, length).u32(FLAGS, flags);
        if (whole && features) {
            reply.u64(DATA, MIGRATION_STOP_COPY);
        } else if (whole) {
            reply.u32(DEVICE_STATE, migration.state().number()).u32(DATA_FD, NO_FD);
        }
    }

    private static void setState(Migration migration, Message message, Reply reply) {
        int errno = message.payloadLength() < DATA + STATE_BYTES
                ? Errno.EINVAL
                : migration.goTo(MigrationState.wanted(message.u32(DEVICE_STATE)));
        if (errno == 0) {
            echo(message, reply);
        } else {
            reply.error(errno);
        }
    }

    /** MIG_DATA_READ: fewer bytes than asked for are the last ones. */
    void read(Message message, Reply reply) {
        if (migration == null) {
            reply.error(Errno.EOPNOTSUPP);
            return;
        }
        ByteBuffer saved = migration.saved();
        long size = message.payloadLength() < DATA ? -1 : Integer.toUnsignedLong(message.u32(SIZE));
        if (saved == null
                || size < 0
                || size > Header.MAX_DATA_XFER_SIZE
                || Integer.toUnsignedLong(message.u32(ARGSZ)) < DATA + size) {
            reply.error(Errno.EINVAL);
            return;
        }
        byte[] bytes = new byte[(int) Math.min(size, saved.remaining())];
        saved.get(bytes);
        reply.payload(DATA + bytes.length);
        reply.u32(ARGSZ, DATA + bytes.length).u32(SIZE, bytes.length);
        reply.copy(DATA, bytes);
    }

    /** MIG_DATA_WRITE. */
    void write(Message message, Reply reply) {
        if (migration == null) {
            reply.error(Errno.EOPNOTSUPP);
            return;
        }
        int length = message.payloadLength() - DATA;
        int errno =
                length < 0 || message.u32(SIZE) != length ? Errno.EINVAL : migration.write(message.copy(DATA, length));
        if (errno != 0) {
            reply.error(errno);
        }
    }

    /** The function was reset, or its client is gone: it runs. */
    void reset() {
        if (migration != null) {
            migration.reset();
        }
    }
}
