// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.ByteBuffer;

/**
 * {@code struct msghdr} with one piece of memory and room for file descriptors, as {@code sendmsg} and {@code recvmsg} take it:
 * used again for each call. One thread; allocates nothing once made.
 */
final class SocketMessage {
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSG_FLAGS = 48;
    private static final int IOVEC = 56; // our iovec follows struct msghdr
    private static final int CONTROL = 72; // and our control data follow that

    private static final int CMSG_LEN = 0;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;
    private static final int CONTROL_BYTES = CMSG_DATA + 4 * ReceivedFds.MAX_FDS;

    private final NativeBuffer memory = new NativeBuffer(CONTROL + CONTROL_BYTES);

    /** The address of the structure. */
    long address() {
        return memory.address();
    }

    /** For receiving: into this memory, with as many descriptors as {@link ReceivedFds} holds. */
    void toReceive(long address, long length) {
        prepare(address, length, CONTROL_BYTES);
    }

    /** For sending what is in this memory with descriptors, of which there may be none. */
    void toSend(long address, long length, int[] fds) {
        if (fds.length > ReceivedFds.MAX_FDS) {
            throw new IllegalArgumentException(fds.length + " file descriptors");
        }
        int cmsgLength = CMSG_DATA + 4 * fds.length;
        prepare(address, length, fds.length == 0 ? 0 : (cmsgLength + 7) & ~7);
        ByteBuffer m = memory.bytes();
        m.putLong(CONTROL + CMSG_LEN, cmsgLength);
        m.putInt(CONTROL + CMSG_LEVEL, LibC.SOL_SOCKET);
        m.putInt(CONTROL + CMSG_TYPE, LibC.SCM_RIGHTS);
        for (int i = 0; i < fds.length; i++) {
            m.putInt(CONTROL + CMSG_DATA + 4 * i, fds[i]);
        }
    }

    private void prepare(long address, long length, long controlBytes) {
        ByteBuffer m = memory.bytes();
        m.putLong(MSG_IOV, memory.address() + IOVEC);
        m.putLong(MSG_IOVLEN, 1);
        m.putLong(IOVEC, address);
        m.putLong(IOVEC + 8, length);
        m.putLong(MSG_CONTROL, controlBytes == 0 ? 0 : memory.address() + CONTROL);
        m.putLong(MSG_CONTROLLEN, controlBytes);
        m.putInt(MSG_FLAGS, 0);
    }

    /** Takes the descriptors that were received. */
    void collect(ReceivedFds fds) {
        ByteBuffer m = memory.bytes();
        if ((m.getInt(MSG_FLAGS) & LibC.MSG_CTRUNC) != 0) {
            fds.markTruncated();
        }
        int end = CONTROL + (int) Math.min(CONTROL_BYTES, m.getLong(MSG_CONTROLLEN));
        int at = CONTROL;
        while (at + CMSG_DATA <= end) {
            int length = (int) Math.min(end - at, m.getLong(at + CMSG_LEN));
            if (length < CMSG_DATA) {
                return;
            }
            if (m.getInt(at + CMSG_LEVEL) == LibC.SOL_SOCKET && m.getInt(at + CMSG_TYPE) == LibC.SCM_RIGHTS) {
                for (int i = at + CMSG_DATA; i + 4 <= at + length; i += 4) {
                    fds.add(m.getInt(i));
                }
            }
            at += (length + 7) & ~7;
        }
    }
}
