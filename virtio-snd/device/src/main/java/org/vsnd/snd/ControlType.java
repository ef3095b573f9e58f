// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What values a control element can have, {@code VIRTIO_SND_CTL_TYPE_*} of 5.14.6.10.1. A value is an array of members, each a
 * number of a few bytes. Immutable.
 */
public sealed interface ControlType {
    /** Bytes of struct virtio_snd_ctl_value. */
    int VALUE_BYTES = 512;

    /** The type's number. */
    int number();

    /** The highest {@code count} of an element (SND-91). */
    default int countMax() {
        return VALUE_BYTES / memberBytes();
    }

    /** Bytes of one member of the value. */
    default int memberBytes() {
        return Integer.BYTES;
    }

    /** Members of the value of an element with this {@code count}. */
    default int members(int count) {
        return count;
    }

    /** Reads one member. */
    default long decode(ByteBuffer le, int at) {
        return Integer.toUnsignedLong(le.getInt(at));
    }

    /** Writes one member. */
    default void encode(ByteBuffer le, int at, long member) {
        le.putInt(at, (int) member);
    }

    /** Whether a member may have this value. */
    boolean allows(long member);

    /** Writes the union {@code value} of struct virtio_snd_ctl_info, which is zeroed. */
    default void encodeInfo(ByteBuffer le, int at) {}

    /** 0 or 1; a switch is on with 1. */
    record BooleanType() implements ControlType {
        @Override
        public int number() {
            return VirtioSnd.VIRTIO_SND_CTL_TYPE_BOOLEAN;
        }

        @Override
        public boolean allows(long member) {
            return member == 0 || member == 1;
        }

        /** As for INTEGER, of which it is a special case. */
        @Override
        public void encodeInfo(ByteBuffer le, int at) {
            new IntegerType(0, 1, 1).encodeInfo(le, at);
        }
    }

    /**
     * 32-bit numbers.
     *
     * @param step 0 if it varies
     */
    record IntegerType(int min, int max, int step) implements ControlType {
        /** Checks the range: a wrong one is a fault in vsnd. */
        public IntegerType {
            requireRange(min, max, step);
        }

        @Override
        public int number() {
            return VirtioSnd.VIRTIO_SND_CTL_TYPE_INTEGER;
        }

        @Override
        public long decode(ByteBuffer le, int at) {
            return le.getInt(at);
        }

        @Override
        public boolean allows(long member) {
            return isStep(member, min, max, step);
        }

        @Override
        public void encodeInfo(ByteBuffer le, int at) {
            le.putInt(at, min);
            le.putInt(at + Integer.BYTES, max);
            le.putInt(at + 2 * Integer.BYTES, step);
        }
    }

    /**
     * 64-bit numbers.
     *
     * @param step 0 if it varies
     */
    record Integer64Type(long min, long max, long step) implements ControlType {
        /** Checks the range: a wrong one is a fault in vsnd. */
        public Integer64Type {
            requireRange(min, max, step);
        }

        @Override
        public int number() {
            return VirtioSnd.VIRTIO_SND_CTL_TYPE_INTEGER64;
        }

        @Override
        public int memberBytes() {
            return Long.BYTES;
        }

        @Override
        public long decode(ByteBuffer le, int at) {
            return le.getLong(at);
        }

        @Override
        public void encode(ByteBuffer le, int at, long member) {
            le.putLong(at, member);
        }

        @Override
        public boolean allows(long member) {
            return isStep(member, min, max, step);
        }

        @Override
        public void encodeInfo(ByteBuffer le, int at) {
            le.putLong(at, min);
            le.putLong(at + Long.BYTES, max);
            le.putLong(at + 2 * Long.BYTES, step);
        }
    }

    /**
     * One of several items, by its place.
     *
     * @param items at least one (SND-94), each of 1..63 printable letters (SND-92)
     */
    record EnumeratedType(List<String> items) implements ControlType {
        /** Bytes of struct virtio_snd_ctl_enum_item. */
        static final int ITEM_BYTES = 64;

        /** Checks the items: wrong ones are a fault in vsnd. */
        public EnumeratedType {
            items = List.copyOf(items);
            if (items.isEmpty() || !items.stream().allMatch(item -> isText(item, ITEM_BYTES))) {
                throw new IllegalArgumentException("not items of an enumeration: " + items);
            }
        }

        @Override
        public int number() {
            return VirtioSnd.VIRTIO_SND_CTL_TYPE_ENUMERATED;
        }

        @Override
        public boolean allows(long member) {
            return member >= 0 && member < items.size();
        }

        @Override
        public void encodeInfo(ByteBuffer le, int at) {
            le.putInt(at, items.size());
        }

        /** Encodes {@link #ITEM_BYTES} bytes from index 0; {@code le} is zeroed. */
        void encodeItem(int index, ByteBuffer le) {
            le.put(0, items.get(index).getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** A type whose members are bytes. */
    sealed interface OfBytes extends ControlType {
        @Override
        default int memberBytes() {
            return Byte.BYTES;
        }

        @Override
        default long decode(ByteBuffer le, int at) {
            return Byte.toUnsignedLong(le.get(at));
        }

        @Override
        default void encode(ByteBuffer le, int at, long member) {
            le.put(at, (byte) member);
        }

        @Override
        default boolean allows(long member) {
            return member >= 0 && member <= 0xff;
        }
    }

    /** Bytes whose meaning the element alone knows. */
    record BytesType() implements OfBytes {
        @Override
        public int number() {
            return VirtioSnd.VIRTIO_SND_CTL_TYPE_BYTES;
        }
    }

    /** What a digital interface sends beside the samples: struct virtio_snd_ctl_iec958, whose bytes are the members. */
    record Iec958Type() implements OfBytes {
        /** Bytes of that structure: status, subcode, padding and subframe. */
        static final int LENGTH = 24 + 147 + 1 + 4;

        @Override
        public int number() {
            return VirtioSnd.VIRTIO_SND_CTL_TYPE_IEC958;
        }

        @Override
        public int countMax() {
            return 1;
        }

        @Override
        public int members(int count) {
            return LENGTH;
        }
    }

    /** Whether a text is not empty, printable ASCII, and fits a field with the 0 behind it. */
    static boolean isText(String text, int fieldBytes) {
        return !text.isEmpty() && text.length() < fieldBytes && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    private static void requireRange(long min, long max, long step) {
        if (min > max || step < 0) {
            throw new IllegalArgumentException("range " + min + ".." + max + ", step " + step);
        }
    }

    private static boolean isStep(long member, long min, long max, long step) {
        return member >= min && member <= max && (step == 0 || Long.remainderUnsigned(member - min, step) == 0);
    }
}
