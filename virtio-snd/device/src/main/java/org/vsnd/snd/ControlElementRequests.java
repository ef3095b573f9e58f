// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.DescriptorChain;

/**
 * Carries out the requests about one control element, 5.14.6.10: {@code VIRTIO_SND_R_CTL_*} but INFO. Device thread only; allocates
 * nothing for what a guest asks.
 */
final class ControlElementRequests {
    /** struct virtio_snd_ctl_hdr: the request's code and the element's id, le32 each. */
    static final int HEADER_LENGTH = 8;

    private static final int CONTROL_ID = 4; // le32
    private static final int REPLY = 4; // after the status

    private final ControlElements elements;
    private final ByteBuffer value =
            ByteBuffer.allocateDirect(ControlType.VALUE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer tlv =
            ByteBuffer.allocateDirect(ControlMetadata.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    ControlElementRequests(ControlElements elements) {
        this.elements = elements;
    }

    /** Whether a request can change an element. */
    static boolean changes(int code) {
        return code == VirtioSnd.VIRTIO_SND_R_CTL_WRITE
                || code == VirtioSnd.VIRTIO_SND_R_CTL_TLV_WRITE
                || code == VirtioSnd.VIRTIO_SND_R_CTL_TLV_COMMAND;
    }

    /**
     * Handles a request whose header is there.
     *
     * @param request its first bytes
     * @return bytes written after the status
     */
    long answer(int code, ByteBuffer request, DescriptorChain chain) throws RequestException, GuestMemoryException {
        long id = Integer.toUnsignedLong(request.getInt(CONTROL_ID));
        if (id >= elements.count()) {
            throw RequestException.badMessage("control element " + id + " of " + elements.count());
        }
        ControlElement element = elements.get((int) id);
        return switch (code) {
            case VirtioSnd.VIRTIO_SND_R_CTL_ENUM_ITEMS -> enumItems(element, chain);
            case VirtioSnd.VIRTIO_SND_R_CTL_READ -> read(element, chain);
            case VirtioSnd.VIRTIO_SND_R_CTL_WRITE -> write(element, chain);
            case VirtioSnd.VIRTIO_SND_R_CTL_TLV_READ -> readMetadata(element, chain);
            case VirtioSnd.VIRTIO_SND_R_CTL_TLV_WRITE -> {
                requireRight(element, ControlInfo.ACCESS_TLV_WRITE);
                element.metadata.write(chain, HEADER_LENGTH, metadataBytes(chain));
                element.metadataChanged();
                yield 0;
            }
            case VirtioSnd.VIRTIO_SND_R_CTL_TLV_COMMAND -> {
                requireRight(element, ControlInfo.ACCESS_TLV_COMMAND);
                metadataBytes(chain);
                element.metadata.restore(); // the only command that an element of this device knows
                element.metadataChanged();
                yield 0;
            }
            default -> throw RequestException.notSupported("request code 0x" + Integer.toHexString(code));
        };
    }

    private long enumItems(ControlElement element, DescriptorChain chain)
            throws RequestException, GuestMemoryException {
        if (!(element.info.type() instanceof ControlType.EnumeratedType items)) {
            throw RequestException.badMessage("items of an element that is no enumeration");
        }
        long bytes = (long) items.items().size() * ControlType.EnumeratedType.ITEM_BYTES;
        requireRoom(chain, bytes);
        for (int i = 0; i < items.items().size(); i++) {
            zeroValue();
            items.encodeItem(i, value);
            value.limit(ControlType.EnumeratedType.ITEM_BYTES);
            chain.write(REPLY + (long) i * ControlType.EnumeratedType.ITEM_BYTES, value);
        }
        return bytes;
    }

    /** The driver may have left room for the members that there are, and no more. */
    private long read(ControlElement element, DescriptorChain chain) throws RequestException, GuestMemoryException {
        requireRight(element, ControlInfo.ACCESS_READ);
        requireRoom(chain, element.info.valueBytes());
        zeroValue();
        element.encodeValue(value);
        int bytes = (int) Math.min(ControlType.VALUE_BYTES, chain.writableBytes() - REPLY);
        chain.write(REPLY, value.limit(bytes));
        return bytes;
    }

    private long write(ControlElement element, DescriptorChain chain) throws RequestException, GuestMemoryException {
        requireRight(element, ControlInfo.ACCESS_WRITE);
        int bytes = element.info.valueBytes();
        requireSent(chain, bytes);
        chain.read(HEADER_LENGTH, value.clear().limit(bytes));
        if (!element.writeByGuest(value)) {
            throw RequestException.badMessage("a value that " + element.info.name() + " cannot have");
        }
        return 0;
    }

    private static long readMetadata(ControlElement element, DescriptorChain chain)
            throws RequestException, GuestMemoryException {
        requireRight(element, ControlInfo.ACCESS_TLV_READ);
        return element.metadata.read(chain, REPLY);
    }

    /** Checks the TLV that the driver sends, and returns its length (SND-100). */
    private int metadataBytes(DescriptorChain chain) throws RequestException, GuestMemoryException {
        requireSent(chain, ControlMetadata.HEADER_BYTES);
        chain.read(HEADER_LENGTH, tlv.clear());
        long bytes = Integer.toUnsignedLong(tlv.getInt(ControlMetadata.LENGTH));
        if (bytes > ControlMetadata.VALUE_BYTES_MAX || bytes % Integer.BYTES != 0) {
            throw RequestException.badMessage("metadata of " + bytes + " bytes");
        }
        requireSent(chain, ControlMetadata.HEADER_BYTES + bytes);
        return ControlMetadata.HEADER_BYTES + (int) bytes;
    }

    private void zeroValue() {
        value.clear();
        for (int at = 0; at < ControlType.VALUE_BYTES; at += Long.BYTES) {
            value.putLong(at, 0);
        }
    }

    private static void requireRight(ControlElement element, int right) throws RequestException {
        if (!element.info.allows(right)) {
            throw RequestException.notSupported(element.info.name() + " has no right " + right);
        }
    }

    private static void requireRoom(DescriptorChain chain, long bytes) throws RequestException {
        if (chain.writableBytes() - REPLY < bytes) {
            throw RequestException.badMessage("reply of " + bytes + " bytes does not fit");
        }
    }

    private static void requireSent(DescriptorChain chain, long bytes) throws RequestException {
        if (chain.readableBytes() - HEADER_LENGTH < bytes) {
            throw RequestException.badMessage("request of " + chain.readableBytes() + " bytes is too short");
        }
    }
}
