// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.card;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;

/**
 * What the guest of a trace has learnt of its card: where its structures are, how many jacks, streams and channel maps it
 * has, and what its streams can do.
 */
public final class TracedCard {
    private static final int JACKS = 0;
    private static final int STREAMS = 4;
    private static final int CHMAPS = 8;
    private static final int CONTROLS = 12;
    private static final int INFO_REQUEST_BYTES = 16;
    private static final int SET_PARAMS_BYTES = 24;
    private static final int LONG_HEADER_BYTES = 8;

    private final CardLayout layout;
    private final Map<Integer, Long> config = new HashMap<>(); // by offset, as read first
    private final Map<Integer, TraceStep.Avail> requests = new HashMap<>(); // by head
    private final TreeMap<Integer, PcmInfo> streams = new TreeMap<>(); // by id
    private long formatsSet;
    private long ratesSet;
    private int channelsSet;
    private boolean tableWritten;
    private boolean messageSent;
    private boolean longHeader;

    public TracedCard(Trace trace) {
        layout = CardLayout.of(ConfigImage.of(trace));
        for (TraceStep step : trace.steps()) {
            if (step instanceof TraceStep.BarAccess access && !access.write()) {
                layout.place(access.bar(), access.offset())
                        .filter(place -> place.structure() == Structure.DEVICE && access.size() == 4)
                        .ifPresent(place -> config.putIfAbsent((int) place.offset(), access.value()));
            } else if (step instanceof TraceStep.Avail avail && avail.queue() == SndWire.CONTROL_QUEUE) {
                requests.put(avail.head(), avail);
                learnParams(bytes(avail.chain(), false));
            } else if (step instanceof TraceStep.Used used && used.queue() == SndWire.CONTROL_QUEUE) {
                TraceStep.Avail request = requests.remove(used.id());
                if (request != null) {
                    learnInfo(bytes(request.chain(), false), bytes(used.written(), true));
                }
            } else {
                learnMasking(step);
                learnHeader(step);
            }
        }
    }

    /** A header of 8 bytes is seen where it is a buffer of its own. */
    private void learnHeader(TraceStep step) {
        if (step instanceof TraceStep.Avail message
                && (message.queue() == SndWire.TX_QUEUE || message.queue() == SndWire.RX_QUEUE)
                && !message.chain().isEmpty()) {
            TraceDescriptor first = message.chain().get(0);
            boolean dataFollows = message.queue() == SndWire.RX_QUEUE
                    || (message.chain().size() > 1 && !message.chain().get(1).isWritable());
            longHeader |= !first.isWritable() && first.length() == LONG_HEADER_BYTES && dataFollows;
        }
    }

    /** Bytes before the sound in a message. */
    public int headerBytes() {
        return longHeader ? LONG_HEADER_BYTES : SndWire.XFER_BYTES;
    }

    private void learnMasking(TraceStep step) {
        if (step instanceof TraceStep.BarAccess access) {
            tableWritten |= layout.place(access.bar(), access.offset())
                    .filter(place -> place.structure() == Structure.MSIX_TABLE)
                    .isPresent();
        } else if (step instanceof TraceStep.Interrupt interrupt) {
            messageSent |= interrupt.kind() == TraceStep.InterruptKind.MSIX;
        }
    }

    /** The bytes of one side of a chain, as far as the trace has them without a gap. */
    private static ByteBuffer bytes(Iterable<TraceDescriptor> chain, boolean writable) {
        StringBuilder hex = new StringBuilder();
        for (TraceDescriptor descriptor : chain) {
            if (descriptor.isWritable() == writable) {
                if (!(descriptor.content() instanceof TraceContent.Hex some)) {
                    break;
                }
                hex.append(some.hex());
            }
        }
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void learnParams(ByteBuffer request) {
        if (request.limit() >= SET_PARAMS_BYTES && request.getInt(0) == SndWire.R_PCM_SET_PARAMS) {
            channelsSet = Math.max(channelsSet, request.get(20) & 0xff);
            formatsSet |= bit(request.get(21));
            ratesSet |= bit(request.get(22));
        }
    }

    private static long bit(int number) {
        return number >= 0 && number < Long.SIZE ? 1L << number : 0;
    }

    private void learnInfo(ByteBuffer request, ByteBuffer reply) {
        if (request.limit() < INFO_REQUEST_BYTES
                || request.getInt(0) != SndWire.R_PCM_INFO
                || reply.limit() < 4
                || reply.getInt(0) != SndWire.S_OK) {
            return;
        }
        int start = request.getInt(4);
        int size = request.getInt(12);
        if (start < 0 || size < SndWire.PCM_INFO_BYTES) {
            return;
        }
        for (int i = 0; 4L + (i + 1L) * size <= reply.limit(); i++) {
            streams.putIfAbsent(start + i, PcmInfo.decode(reply, 4 + i * size));
        }
    }

    public CardLayout layout() {
        return layout;
    }

    /** Whether the host kept the MSI-X table to itself, as with vfio-user: messages came, yet nobody has filled the table. */
    public boolean hostMasksMsix() {
        return messageSent && !tableWritten;
    }

    /** Jacks, as the guest has read; 0 if it has not. */
    public long jacks() {
        return config.getOrDefault(JACKS, 0L);
    }

    /** Streams, as the guest has read; empty if it has not. */
    public Optional<Long> streamCount() {
        return Optional.ofNullable(config.get(STREAMS));
    }

    /** Channel maps, as the guest has read; empty if it has not. */
    public Optional<Long> chmaps() {
        return Optional.ofNullable(config.get(CHMAPS));
    }

    /** What the guest has read; 0 of what it has not. */
    public ItemCounts items() {
        return new ItemCounts(jacks(), chmaps().orElse(0L), controls());
    }

    /** Control elements, as the guest has read; 0 if it has not. */
    public long controls() {
        return config.getOrDefault(CONTROLS, 0L);
    }

    /** What PCM_INFO has told, by stream id. */
    public Map<Integer, PcmInfo> streams() {
        return streams;
    }

    /** Formats that were set, as a mask of VIRTIO_SND_PCM_FMT_*. */
    public long formatsSet() {
        return formatsSet;
    }

    /** Rates that were set, as a mask of VIRTIO_SND_PCM_RATE_*. */
    public long ratesSet() {
        return ratesSet;
    }

    /** Most channels that were set; 0 if nothing was. */
    public int channelsSet() {
        return channelsSet;
    }
}
