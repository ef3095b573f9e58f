// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.server.Message;
import org.vsnd.server.RateLimitedLog;
import org.vsnd.server.Reply;
import org.vsnd.server.SharedArea;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

/**
 * SET_DEVICE_STATE_FD and CHECK_DEVICE_STATE. The protocol lets the back end give the front end another descriptor instead of the
 * one that came: it gets a memory file of a fixed length. So nothing here waits for the front end, whatever it does with its
 * end, and it cannot make us take more. Device thread only.
 */
final class DeviceStateCommands {
    /** Bytes of SET_DEVICE_STATE_FD. */
    static final int LENGTH = 8;

    private static final int DIRECTION = 0; // u32
    private static final int PHASE = 4; // u32
    private static final int SAVE = 0;
    private static final int LOAD = 1;
    private static final int STOPPED = 0;

    /** A reply: the lower byte is an error. */
    private static final int REFUSED = 0x101;

    private static final long FAILED = 1;

    private final VhostTransport transport;
    private final RateLimitedLog log;
    private final int mostBytes;
    private @Nullable MemFd file;
    private boolean loading;
    private int bytes;

    DeviceStateCommands(VhostTransport transport, CardBudget budget, RateLimitedLog log) {
        this.transport = transport;
        this.log = log;
        mostBytes = budget.count(Limit.STATE_BYTES);
    }

    /** Begins a transfer, and ends the one before. */
    void set(Message message, Reply reply) {
        forget();
        reply.payload(Long.BYTES);
        int direction = message.u32(DIRECTION);
        if (direction < SAVE || direction > LOAD || message.u32(PHASE) != STOPPED) {
            refuse(reply, "it asks for a transfer of the device's state that there is not");
        } else if (transport.anyActive()) {
            refuse(reply, "it moves the device's state while rings run");
        } else {
            try {
                begin(direction == LOAD);
                MemFd made = file;
                if (made != null) {
                    reply.descriptor(made.fd());
                }
            } catch (ErrnoException e) {
                refuse(reply, "the device's state cannot be moved: " + e.getMessage());
            }
        }
    }

    private void refuse(Reply reply, String why) {
        log.warn(() -> why);
        reply.u64(0, REFUSED);
    }

    private void begin(boolean load) throws ErrnoException {
        byte[] state = load ? new byte[0] : transport.saveState();
        bytes = load ? mostBytes : state.length;
        loading = load;
        MemFd made = MemFd.create("vsnd-state", bytes, true);
        file = made;
        if (!load) {
            access(made, memory -> memory.write(0, ByteBuffer.wrap(state)));
        }
        made.sealLength();
    }

    private interface Access {
        void to(GuestMemory memory) throws GuestMemoryException;
    }

    private void access(MemFd of, Access access) throws ErrnoException {
        SharedArea area = SharedArea.ofOwnFile();
        area.map(of.fd(), 0, bytes);
        try {
            access.to(area.memory());
        } catch (GuestMemoryException e) {
            throw new IllegalStateException(e);
        } finally {
            area.unmap();
        }
    }

    /** The front end has read everything, or has written everything; says whether the device could do its part. */
    void check(Reply reply) {
        reply.payload(Long.BYTES);
        try {
            String trouble = trouble();
            if (trouble != null) {
                log.warn(() -> trouble);
                reply.u64(0, FAILED);
            }
        } catch (ErrnoException e) {
            log.warn(() -> "the device's state cannot be read: " + e.getMessage());
            reply.u64(0, FAILED);
        }
        forget();
    }

    private @Nullable String trouble() throws ErrnoException {
        MemFd transfer = file;
        if (transfer == null) {
            return "it checks a transfer of the device's state that it has not begun";
        }
        long place = FileDescriptors.position(transfer.fd()); // the front end has the same open file
        if (!loading) {
            return place == bytes ? null : "it has read " + place + " of " + bytes + " bytes of the device's state";
        }
        if (transport.anyActive()) {
            return "its rings run before the device's state is checked";
        }
        if (place < 0 || place > bytes) {
            return "it has written " + place + " bytes of a device's state, the most is " + bytes;
        }
        byte[] state = new byte[(int) place];
        access(transfer, memory -> memory.read(0, ByteBuffer.wrap(state)));
        try {
            transport.loadState(state);
            return null;
        } catch (SnapshotException e) {
            return "the device's state is refused: " + e.getMessage();
        }
    }

    /** There is no transfer any more. The front end may keep the file open for as long as it likes: there is nothing in it. */
    void forget() {
        MemFd ended = file;
        if (ended == null) {
            return;
        }
        try {
            ended.discard(bytes);
        } catch (ErrnoException e) {
            log.warn(() -> "a file of the device's state stays in memory: " + e.getMessage());
        } finally {
            ended.close();
            file = null;
        }
    }
}
