// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;

/** What the traced card wrote to a chain, as far as the trace has it: long buffers are summed up there. */
final class WrittenBytes {
    private final long length;
    private final long knownFrom; // of the last buffers only: all from here to the end
    private final ByteBuffer head; // of the first buffers: all up to its limit
    private final ByteBuffer tail;

    private WrittenBytes(long length, long knownFrom, ByteBuffer head, ByteBuffer tail) {
        this.length = length;
        this.knownFrom = knownFrom;
        this.head = head.order(ByteOrder.LITTLE_ENDIAN);
        this.tail = tail.order(ByteOrder.LITTLE_ENDIAN);
    }

    static WrittenBytes of(TraceStep.Used used) {
        List<TraceDescriptor> written = used.written();
        StringBuilder head = new StringBuilder();
        StringBuilder tail = new StringBuilder();
        boolean whole = true;
        long length = 0;
        for (TraceDescriptor descriptor : written) {
            length += descriptor.length();
            if (descriptor.content() instanceof TraceContent.Hex hex) {
                tail.append(hex.hex());
                if (whole) {
                    head.append(hex.hex());
                }
            } else {
                whole = false;
                tail.setLength(0);
            }
        }
        ByteBuffer last = ByteBuffer.wrap(HexFormat.of().parseHex(tail));
        return new WrittenBytes(
                length, length - last.limit(), ByteBuffer.wrap(HexFormat.of().parseHex(head)), last);
    }

    /** Whether that many bytes at an offset are known, all of them at the beginning. */
    boolean has(long offset, int bytes) {
        return offset >= 0 && offset + bytes <= head.limit();
    }

    int get32(int offset) {
        return head.getInt(offset);
    }

    /** The known bytes at the beginning, little-endian. */
    ByteBuffer buffer() {
        return head;
    }

    /** Whether the last bytes, this many, are known. */
    boolean hasLast(int bytes) {
        return length - bytes >= knownFrom;
    }

    /** 32 bits, that many bytes before the end. */
    int get32FromEnd(int bytesBeforeEnd) {
        return tail.getInt(tail.limit() - bytesBeforeEnd);
    }
}
