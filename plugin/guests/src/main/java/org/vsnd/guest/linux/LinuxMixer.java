// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.vsnd.guest.driver.ControlReply;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;

/**
 * The control elements of a card as Linux's driver (since 6.8) reads and changes them, VIRTIO 1.4 section 5.14.6.10: everything is asked
 * for in one request when the card is found, and what Linux refuses is the device's fault.
 */
public final class LinuxMixer {
    /** Bytes of struct virtio_snd_ctl_info where a 64-bit number is aligned to 8. */
    public static final int INFO_BYTES = 96;
    /** The same on 32-bit x86, and in the standard's words. */
    public static final int PACKED_INFO_BYTES = 92;

    /** Element types. */
    public static final int BOOLEAN = 0;

    public static final int INTEGER = 1;
    public static final int INTEGER64 = 2;
    public static final int ENUMERATED = 3;
    public static final int BYTES = 4;
    public static final int IEC958 = 5;

    private static final int VALUE_BYTES = 512;
    private static final int IEC958_BYTES = 176;
    private static final int NAME_AT = 24;
    private static final int NAME_BYTES = 44;
    private static final int ITEM_BYTES = 64;
    private static final int CONTROLS_FIELD = 3;
    private static final int[] COUNTS_MAX = {128, 128, 64, 128, 512, 1};

    /** struct virtio_snd_ctl_info, with the items of an enumeration. */
    public record Element(
            int id,
            int role,
            int type,
            int access,
            int count,
            int index,
            String name,
            long min,
            long max,
            long step,
            List<String> items) {
        /** Bytes of its value. */
        public int valueBytes() {
            return switch (type) {
                case INTEGER64 -> count * Long.BYTES;
                case BYTES -> count;
                case IEC958 -> IEC958_BYTES;
                default -> count * Integer.BYTES;
            };
        }
    }

    private final SoundDriver driver;
    private final int infoBytes;

    /**
     * The mixer of a driver that has negotiated VIRTIO_SND_F_CTLS.
     *
     * @param infoBytes what {@code sizeof} says
     */
    public LinuxMixer(SoundDriver driver, int infoBytes) {
        this.driver = driver;
        this.infoBytes = infoBytes;
    }

    /** Finds all elements. */
    public List<Element> probe() {
        int count = driver.configCount(CONTROLS_FIELD);
        if (count == 0) {
            return List.of();
        }
        ControlReply reply =
                ok(driver.info(SndWire.R_CTL_INFO, 0, count, infoBytes, 4 + count * infoBytes), "CTL_INFO", -1);
        List<Element> elements = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int id = 0; id < count; id++) {
            ByteBuffer info = reply.bytes().slice(4 + id * infoBytes, infoBytes).order(ByteOrder.LITTLE_ENDIAN);
            Element element = decode(id, info);
            elements.add(element);
            if (!names.add(element.name() + "," + element.index())) {
                throw new DeviceFaultException("two control elements are " + element.name());
            }
        }
        return elements;
    }

    private Element decode(int id, ByteBuffer info) {
        int type = info.getInt(8);
        int count = info.getInt(16);
        if (type < 0 || type >= COUNTS_MAX.length || count < 1 || count > COUNTS_MAX[type]) {
            throw new DeviceFaultException("control element " + id + " of type " + type + " has " + count + " values");
        }
        int at = infoBytes - 24;
        boolean wide = type == INTEGER64;
        return new Element(
                id,
                info.getInt(4),
                type,
                info.getInt(12),
                count,
                info.getInt(20),
                text(info, NAME_AT, NAME_BYTES),
                wide ? info.getLong(at) : info.getInt(at),
                wide ? info.getLong(at + 8) : info.getInt(at + 4),
                wide ? info.getLong(at + 16) : info.getInt(at + 8),
                type == ENUMERATED ? items(id, info.getInt(at)) : List.of());
    }

    private List<String> items(int id, int count) {
        if (count < 1) {
            throw new DeviceFaultException("control element " + id + " has no items");
        }
        ControlReply reply = ok(
                driver.control(SoundDriver.words(SndWire.R_CTL_ENUM_ITEMS, id), 4 + count * ITEM_BYTES),
                "CTL_ENUM_ITEMS",
                id);
        List<String> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(text(reply.bytes(), 4 + i * ITEM_BYTES, ITEM_BYTES));
        }
        return items;
    }

    /** The value. */
    public long[] get(Element element) {
        ControlReply reply = ok(
                driver.control(SoundDriver.words(SndWire.R_CTL_READ, element.id()), 4 + VALUE_BYTES),
                "CTL_READ",
                element.id());
        ByteBuffer bytes = reply.bytes();
        long[] value = new long[memberCount(element)];
        for (int i = 0; i < value.length; i++) {
            value[i] = switch (element.type()) {
                case INTEGER -> bytes.getInt(4 + i * Integer.BYTES);
                case INTEGER64 -> bytes.getLong(4 + i * Long.BYTES);
                case BYTES, IEC958 -> bytes.get(4 + i) & 0xff;
                default -> Integer.toUnsignedLong(bytes.getInt(4 + i * Integer.BYTES));
            };
        }
        return value;
    }

    private static int memberCount(Element element) {
        return element.type() == IEC958 ? IEC958_BYTES : element.count();
    }

    /** Changes the value; the status. */
    public int put(Element element, long... value) {
        ByteBuffer request = ByteBuffer.allocate(8 + VALUE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        request.putInt(SndWire.R_CTL_WRITE).putInt(element.id());
        for (long member : value) {
            switch (element.type()) {
                case INTEGER64 -> request.putLong(member);
                case BYTES, IEC958 -> request.put((byte) member);
                default -> request.putInt((int) member);
            }
        }
        return driver.control(request.array(), 4).status();
    }

    /** The metadata, as far as this many bytes hold it; the rest is what it was. */
    public byte[] metadata(Element element, int room) {
        ControlReply reply = ok(
                driver.control(SoundDriver.words(SndWire.R_CTL_TLV_READ, element.id()), 4 + room),
                "CTL_TLV_READ",
                element.id());
        return Arrays.copyOfRange(reply.bytes().array(), 4, reply.usedLength());
    }

    private static ControlReply ok(ControlReply reply, String what, int id) {
        if (reply.status() != SndWire.S_OK) {
            throw new DeviceFaultException(
                    what + " of control element " + id + " was answered " + Integer.toHexString(reply.status()));
        }
        return reply;
    }

    private static String text(ByteBuffer bytes, int at, int length) {
        byte[] letters = new byte[length];
        bytes.get(at, letters);
        int end = 0;
        while (end < length && letters[end] != 0) {
            end++;
        }
        if (end == 0 || end == length) {
            throw new DeviceFaultException("a name is empty or has no end");
        }
        return new String(letters, 0, end, StandardCharsets.US_ASCII);
    }
}
