package org.vsnd.virtio;

import java.nio.ByteBuffer;
import org.vsnd.spi.GuestMemoryException;

/**
 * One buffer of a {@link Virtqueue}: a device-readable part followed by a device-writable part, each made of any number
 * of segments of guest memory. The framing is not visible (SND-14): both parts are addressed by byte offset.
 *
 * <p>Belongs to whoever polled it until it is completed or the queue is reset; the object is then used again.
 */
public final class DescriptorChain {
    DescriptorChain() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of the device-readable part, 0..2^32. */
    public long readableBytes() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of the device-writable part, 0..2^32. */
    public long writableBytes() {
        throw new UnsupportedOperationException();
    }

    /**
     * Copies from the readable part, starting {@code offset} bytes into it, until {@code dst} is full.
     *
     * @throws IndexOutOfBoundsException if the part is shorter than that: the caller checks first
     * @throws GuestMemoryException if a segment is not guest memory
     */
    public void read(long offset, ByteBuffer dst) throws GuestMemoryException {
        throw new UnsupportedOperationException();
    }

    /**
     * Copies all of {@code src} to the writable part, starting {@code offset} bytes into it.
     *
     * @throws IndexOutOfBoundsException if the part is shorter than that: the caller checks first
     * @throws GuestMemoryException if a segment is not writable guest memory
     */
    public void write(long offset, ByteBuffer src) throws GuestMemoryException {
        throw new UnsupportedOperationException();
    }
}
