// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.server.Message;
import org.vsnd.server.Reply;
import org.vsnd.spi.PciFunction;

/** The commands DEVICE_GET_IRQ_INFO and DEVICE_SET_IRQS. Device thread only. */
final class SetIrqs {
    static final int INTX = 0;
    static final int MSI = 1;
    static final int MSIX = 2;
    static final int ERR = 3;
    static final int REQ = 4;
    static final int NUM_IRQS = 5;

    private static final int INFO_LENGTH = 16;
    private static final int INFO_EVENTFD = 1;
    private static final int INFO_MASKABLE = 2;
    private static final int INFO_AUTOMASKED = 4;

    private static final int DATA_NONE = 0x1;
    private static final int DATA_BOOL = 0x2;
    private static final int DATA_EVENTFD = 0x4;
    private static final int DATA_MASK = 0x7;
    private static final int ACTION_MASK = 0x8;
    private static final int ACTION_UNMASK = 0x10;
    private static final int ACTION_TRIGGER = 0x20;
    private static final int ACTIONS = 0x38;

    private static final int FLAGS = 4; // le32
    private static final int INDEX = 8; // le32
    private static final int START = 12; // le32
    private static final int COUNT = 16; // le32
    private static final int LENGTH = 20;

    private final PciFunction function;
    private final ClientInterrupts interrupts;
    private final int msixVectors;

    SetIrqs(PciFunction function, ClientInterrupts interrupts, int msixVectors) {
        this.function = function;
        this.interrupts = interrupts;
        this.msixVectors = msixVectors;
    }

    void info(Message message, Reply reply) {
        int index = message.payloadLength() < INFO_LENGTH ? -1 : message.u32(8);
        if (index < 0 || index >= NUM_IRQS) {
            reply.error(Errno.EINVAL);
            return;
        }
        int flags = index == INTX ? INFO_EVENTFD | INFO_MASKABLE | INFO_AUTOMASKED : index == MSI ? 0 : INFO_EVENTFD;
        reply.payload(INFO_LENGTH);
        reply.u32(0, INFO_LENGTH).u32(4, flags).u32(8, index).u32(12, count(index));
    }

    private int count(int index) {
        return switch (index) {
            case INTX -> PciLayout.hasInterruptPin(function) ? 1 : 0;
            case MSI -> 0;
            case MSIX -> msixVectors;
            default -> 1;
        };
    }

    void set(Message message, Reply reply) {
        if (!apply(message)) {
            reply.error(Errno.EINVAL);
        }
    }

    private boolean apply(Message message) {
        if (message.payloadLength() < LENGTH) {
            return false;
        }
        int flags = message.u32(FLAGS);
        int index = message.u32(INDEX);
        long start = Integer.toUnsignedLong(message.u32(START));
        long count = Integer.toUnsignedLong(message.u32(COUNT));
        if ((flags & ~(DATA_MASK | ACTIONS)) != 0
                || Integer.bitCount(flags & DATA_MASK) != 1
                || Integer.bitCount(flags & ACTIONS) != 1
                || index < 0
                || index >= NUM_IRQS) {
            return false;
        }
        int action = flags & ACTIONS;
        if ((flags & DATA_NONE) != 0 && action == ACTION_TRIGGER && count == 0) {
            disable(index);
            return true;
        }
        if (start + count > count(index)) {
            return false;
        }
        return switch (flags & DATA_MASK) {
            case DATA_EVENTFD -> assign(message, action, index, (int) start, (int) count);
            case DATA_BOOL -> applyBools(message, action, index, (int) start, (int) count);
            default -> {
                for (int i = 0; i < count; i++) {
                    act(action, index, (int) start + i);
                }
                yield true;
            }
        };
    }

    private void disable(int index) {
        switch (index) {
            case INTX -> interrupts.intx().disable();
            case MSIX -> interrupts.msix().disable();
            case ERR -> interrupts.assignError(null);
            case REQ -> interrupts.assignRequest(null);
            default -> {} // MSI: there is none
        }
    }

    private boolean applyBools(Message message, int action, int index, int start, int count) {
        if (message.payloadLength() < LENGTH + count) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (message.u8(LENGTH + i) != 0) {
                act(action, index, start + i);
            }
        }
        return true;
    }

    private void act(int action, int index, int vector) {
        if (index == INTX) {
            if (action == ACTION_TRIGGER) {
                interrupts.intx().triggerOnce();
            } else {
                interrupts.intx().setMasked(action == ACTION_MASK);
            }
        } else if (index == MSIX) {
            if (action == ACTION_TRIGGER) {
                interrupts.msix().trigger(vector);
            } else {
                interrupts.msix().setMasked(vector, action == ACTION_MASK);
            }
        }
    }

    /**
     * One eventfd for each vector, or none at all: then the vectors lose theirs. Only eventfds are accepted: writing to
     * another file may never return.
     */
    private boolean assign(Message message, int action, int index, int start, int count) {
        int fds = message.fds().count();
        boolean resample = action == ACTION_UNMASK && index == INTX;
        if ((fds != 0 && fds != count) || (action != ACTION_TRIGGER && !resample)) {
            return false;
        }
        for (int i = 0; i < fds; i++) {
            if (!FileDescriptors.isEventFd(message.fds().get(i))) {
                return false;
            }
        }
        for (int i = 0; i < count; i++) {
            EventFd eventFd = fds == 0 ? null : EventFd.adopt(message.fds().take(i));
            if (resample) {
                if (!assignResample(eventFd)) {
                    return false;
                }
            } else {
                assignTrigger(index, start + i, eventFd);
            }
        }
        return true;
    }

    private boolean assignResample(@Nullable EventFd eventFd) {
        try {
            interrupts.intx().assignResample(eventFd);
            return true;
        } catch (ErrnoException e) {
            return false; // the kernel allows no more of them
        }
    }

    private void assignTrigger(int index, int vector, @Nullable EventFd eventFd) {
        switch (index) {
            case INTX -> interrupts.intx().assign(eventFd);
            case MSIX -> interrupts.msix().assign(vector, eventFd);
            case ERR -> interrupts.assignError(eventFd);
            default -> interrupts.assignRequest(eventFd); // MSI has no vectors, so it cannot come here
        }
    }
}
