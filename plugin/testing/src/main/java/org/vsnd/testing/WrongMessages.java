// SPDX-License-Identifier: Apache-2.0
package org.vsnd.testing;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages that are wrong in one thing, generated from the right ones of a protocol's table: every length, every flag, every
 * number of descriptors, and extreme numbers in every place.
 */
public final class WrongMessages {
    private static final int[] DESCRIPTORS = {0, 1, 2, 9, 16, 17, 64};
    private static final long[] LENGTHS_SAID = {
        1 << 12, 1 << 16, (1 << 16) + 49, 1 << 20, Integer.MAX_VALUE, -1, -12, -16, -17
    };
    private static final int[] NUMBERS = {
        0, 1, 2, 0x40, 0x100, 0xffff, 0x1_0000, Integer.MAX_VALUE, Integer.MIN_VALUE, -1
    };
    private static final int MORE_BYTES = 2; // than the right message has

    /**
     * A message.
     *
     * @param command its number
     * @param flags of the header
     * @param said bytes of payload that the header speaks of
     * @param payload what there is of it
     * @param descriptors how many come with it
     */
    public record Message(int command, int flags, long said, ByteBuffer payload, int descriptors) {
        /** A right one. */
        public static Message right(int command, int flags, ByteBuffer payload, int descriptors) {
            return new Message(command, flags, payload.capacity(), payload, descriptors);
        }

        private Message cutTo(int length) {
            return right(command, flags, copy(length), descriptors);
        }

        private ByteBuffer copy(int length) {
            ByteBuffer copy = TestSocket.le(length);
            return copy.put(0, payload, 0, Math.min(length, payload.capacity()));
        }

        private Message withFlags(int other) {
            return new Message(command, other, said, payload, descriptors);
        }

        private Message withDescriptors(int other) {
            return new Message(command, flags, said, payload, other);
        }

        private Message saying(long length) {
            return new Message(command, flags, length, payload, descriptors);
        }

        private Message with(int at, int number) {
            return right(command, flags, copy(payload.capacity()).putInt(at, number), descriptors);
        }
    }

    private WrongMessages() {}

    /** The wrong lengths: fewer bytes, and more. */
    public static List<Message> lengths(Message right) {
        List<Message> wrong = new ArrayList<>();
        for (int length = 0; length <= right.payload().capacity() + MORE_BYTES; length++) {
            wrong.add(right.cutTo(length));
        }
        return wrong;
    }

    /** Lengths that the header only speaks of. */
    public static List<Message> lengthsSaid(Message right) {
        List<Message> wrong = new ArrayList<>();
        for (long length : LENGTHS_SAID) {
            wrong.add(right.saying(length));
        }
        return wrong;
    }

    /** Each of 32 flags alone, all and none. */
    public static List<Message> flags(Message right) {
        List<Message> wrong = new ArrayList<>(List.of(right.withFlags(-1), right.withFlags(0)));
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            wrong.add(right.withFlags(right.flags() ^ (1 << bit)));
        }
        return wrong;
    }

    /** Descriptors too few and too many, up to as many as can be received. */
    public static List<Message> descriptors(Message right) {
        List<Message> wrong = new ArrayList<>();
        for (int count : DESCRIPTORS) {
            wrong.add(right.withDescriptors(count));
        }
        return wrong;
    }

    /** Extreme numbers in each place of the payload. */
    public static List<Message> numbers(Message right) {
        List<Message> wrong = new ArrayList<>();
        for (int at = 0; at + Integer.BYTES <= right.payload().capacity(); at += Integer.BYTES) {
            for (int number : NUMBERS) {
                wrong.add(right.with(at, number));
            }
        }
        return wrong;
    }
}
