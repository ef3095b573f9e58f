// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.DescriptorChain;

/**
 * Carries out control requests, 5.14.6, at once, and writes the replies. Every request is answered or, if there is not
 * even room for the status, used with length 0 (SND-12). Device thread only.
 */
final class ControlRequests {
    private static final Logger LOG = System.getLogger(ControlRequests.class.getName());

    /** struct virtio_snd_hdr: the code of a request, the status of a reply. */
    private static final int HEADER_LENGTH = 4;
    /** No request is longer; bytes after that are ignored. */
    private static final int REQUEST_LENGTH_MAX = 24;
    /** Far more than any item will ever have, so that a hostile {@code size} costs no time. */
    private static final int ITEM_SIZE_MAX = 1024;

    private final SoundConfig config;
    private final ShownMaps maps;
    private final DriverFaults faults;
    private final DriverHabits habits;
    private final DeviceStreams streams;
    private final ControlElements elements;
    private final ControlElementRequests elementRequests;
    private final DeviceJacks jacks;
    private final MessageQueue tx;
    private final MessageQueue rx;
    private final ByteBuffer request =
            ByteBuffer.allocateDirect(REQUEST_LENGTH_MAX).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer header = ByteBuffer.allocateDirect(HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer item = ByteBuffer.allocateDirect(ITEM_SIZE_MAX).order(ByteOrder.LITTLE_ENDIAN);

    private boolean started;
    private boolean changed;
    /** The stream that the request is about. */
    private @Nullable PcmStream asked;

    /** @param tx everything available on it and on {@code rx} is taken before RELEASE is answered (SND-56) */
    ControlRequests(
            SoundConfig config,
            ShownMaps maps,
            DriverFaults faults,
            DriverHabits habits,
            DeviceStreams streams,
            DeviceJacks jacks,
            ControlElements elements,
            MessageQueue tx,
            MessageQueue rx) {
        this.config = config;
        this.maps = maps;
        this.faults = faults;
        this.habits = habits;
        this.streams = streams;
        this.elements = elements;
        elementRequests = new ControlElementRequests(elements);
        this.jacks = jacks;
        this.tx = tx;
        this.rx = rx;
    }

    /**
     * Handles one request and writes its reply.
     *
     * @return bytes written to the chain
     */
    long answer(DescriptorChain chain) {
        if (chain.writableBytes() < HEADER_LENGTH) {
            faults.seen(DriverFault.NO_STATUS, chain.writableBytes());
            return 0;
        }
        started = false;
        changed = false;
        asked = null;
        int status = VirtioSnd.VIRTIO_SND_S_OK;
        long payloadBytes = 0;
        try {
            payloadBytes = handle(chain);
            changed |= asked != null;
        } catch (RequestException e) {
            LOG.log(Level.DEBUG, "control request refused: {0}", e.getMessage());
            status = e.status();
        } catch (GuestMemoryException e) {
            LOG.log(Level.DEBUG, "control request outside guest memory: {0}", e.getMessage());
            status = VirtioSnd.VIRTIO_SND_S_BAD_MSG;
        }
        if (asked != null) {
            asked.refused.refuseAll(); // it may be the last request before the driver frees its messages
        }
        habits.answered(status);
        try {
            header.clear().putInt(status).flip();
            chain.write(0, header);
            return HEADER_LENGTH + payloadBytes;
        } catch (GuestMemoryException e) {
            LOG.log(Level.DEBUG, "control reply outside guest memory: {0}", e.getMessage());
            return 0;
        }
    }

    /**
     * Whether the last request answered was a START that was accepted: messages come next, so the driver does not
     * free its rings before it has seen them used.
     */
    boolean hasStarted() {
        return started;
    }

    /** Whether the last request answered has changed a stream or a jack. */
    boolean hasChanged() {
        return changed;
    }

    private long handle(DescriptorChain chain) throws RequestException, GuestMemoryException {
        request.clear().limit((int) Math.min(chain.readableBytes(), REQUEST_LENGTH_MAX));
        chain.read(0, request);
        request.flip();
        habits.request(chain, request);
        requireLength(HEADER_LENGTH);
        int code = request.getInt(0);
        switch (code) {
            case VirtioSnd.VIRTIO_SND_R_JACK_INFO -> {
                return answerInfo(chain, jacks.count(), jacks::describe);
            }
            case VirtioSnd.VIRTIO_SND_R_JACK_REMAP -> {
                requireLength(JackRemap.LENGTH);
                jacks.remap(JackRemap.decode(request));
                changed = true;
            }
            case VirtioSnd.VIRTIO_SND_R_PCM_INFO -> {
                return answerInfo(
                        chain,
                        config.streams().size(),
                        (at, into) -> config.streams().get(at).encode(into));
            }
            case VirtioSnd.VIRTIO_SND_R_CHMAP_INFO -> {
                return answerInfo(
                        chain,
                        maps.list().size(),
                        (at, into) -> maps.list().get(at).encode(into));
            }
            case VirtioSnd.VIRTIO_SND_R_PCM_SET_PARAMS -> {
                requireLength(PcmSetParams.LENGTH);
                PcmStream stream = stream();
                takeIfReleasedBy(PcmCommand.SET_PARAMS, stream);
                setParams(stream);
            }
            case VirtioSnd.VIRTIO_SND_R_PCM_PREPARE -> {
                PcmStream stream = stream();
                takeIfReleasedBy(PcmCommand.PREPARE, stream);
                stream.prepare();
            }
            case VirtioSnd.VIRTIO_SND_R_PCM_START -> {
                PcmStream stream = stream();
                stream.checkTransition(PcmCommand.START); // a request that is refused costs no more than its answer
                takeMessages(); // those sent before START belong to its pre-buffer
                stream.start();
                started = true;
            }
            case VirtioSnd.VIRTIO_SND_R_PCM_STOP -> {
                PcmStream stream = stream();
                stream.checkTransition(PcmCommand.STOP);
                if (config.rules().stop().givesBack(stream.info.isOutput())) {
                    takeMessages(); // those sent before STOP go back with the others
                }
                stream.stop();
            }
            case VirtioSnd.VIRTIO_SND_R_PCM_RELEASE -> {
                PcmStream stream = stream();
                stream.checkTransition(PcmCommand.RELEASE);
                takeMessages();
                stream.release();
            }
            case VirtioSnd.VIRTIO_SND_R_CTL_INFO -> {
                requireControls(code);
                return answerInfo(
                        chain,
                        elements.count(),
                        (at, into) -> elements.get(at)
                                .info
                                .encode(into, QueryInfo.decode(request).size() == ControlInfo.PACKED_LENGTH));
            }
            case VirtioSnd.VIRTIO_SND_R_CTL_ENUM_ITEMS,
                    VirtioSnd.VIRTIO_SND_R_CTL_READ,
                    VirtioSnd.VIRTIO_SND_R_CTL_WRITE,
                    VirtioSnd.VIRTIO_SND_R_CTL_TLV_READ,
                    VirtioSnd.VIRTIO_SND_R_CTL_TLV_WRITE,
                    VirtioSnd.VIRTIO_SND_R_CTL_TLV_COMMAND -> {
                requireControls(code);
                requireLength(ControlElementRequests.HEADER_LENGTH);
                changed = ControlElementRequests.changes(code);
                return elementRequests.answer(code, request, chain);
            }
            default -> throw RequestException.notSupported("request code 0x" + Integer.toHexString(code));
        }
        return 0;
    }

    private void requireControls(int code) throws RequestException {
        if (!elements.negotiated()) {
            throw RequestException.notSupported("request code 0x" + Integer.toHexString(code) + " without its feature");
        }
    }

    private void setParams(PcmStream stream) throws RequestException {
        try {
            stream.setParams(PcmSetParams.decode(request));
        } catch (RequestException e) {
            if (e.status() == VirtioSnd.VIRTIO_SND_S_NOT_SUPP) {
                faults.seen(DriverFault.NOT_OFFERED, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /** Messages that were sent before a command that releases the stream go back with the others (SND-56). */
    private void takeIfReleasedBy(PcmCommand command, PcmStream stream) {
        if (stream.state().isReleasedBy(command) && !config.rules().strict()) {
            takeMessages();
        }
    }

    private void takeMessages() {
        tx.serve();
        rx.serve();
    }

    private PcmStream stream() throws RequestException {
        requireLength(PcmHeader.LENGTH);
        long id = Integer.toUnsignedLong(request.getInt(PcmHeader.STREAM_ID));
        PcmStream stream = streams.named(id);
        if (stream == null) {
            throw RequestException.badMessage("stream " + id + " of " + streams.count());
        }
        asked = stream;
        return stream;
    }

    /** Writes {@code count} items after the header, {@code size} bytes apart, the rest zero (SND-15 to SND-18). */
    private long answerInfo(DescriptorChain chain, int total, ItemEncoder encoder)
            throws RequestException, GuestMemoryException {
        requireLength(QueryInfo.LENGTH);
        QueryInfo query = QueryInfo.decode(request);
        if (query.startId() + query.count() > total) {
            throw RequestException.badMessage("items " + query.startId() + " +" + query.count() + " of " + total);
        }
        if (query.size() > ITEM_SIZE_MAX) {
            throw RequestException.badMessage("items of " + query.size() + " bytes");
        }
        long payloadBytes = query.count() * query.size();
        if (chain.writableBytes() < HEADER_LENGTH + payloadBytes) {
            faults.seen(
                    DriverFault.SHORT_REPLY, request.getInt(0), chain.writableBytes(), HEADER_LENGTH + payloadBytes);
            throw RequestException.badMessage("reply of " + payloadBytes + " bytes does not fit");
        }
        for (long i = 0; i < query.count(); i++) {
            item.clear();
            for (int at = 0; at < ITEM_SIZE_MAX; at += Long.BYTES) {
                item.putLong(at, 0);
            }
            encoder.encode((int) (query.startId() + i), item);
            item.clear().limit((int) query.size());
            chain.write(HEADER_LENGTH + i * query.size(), item);
        }
        return payloadBytes;
    }

    private void requireLength(int bytes) throws RequestException {
        if (request.limit() < bytes) {
            int code = request.limit() < HEADER_LENGTH ? 0 : request.getInt(0);
            faults.seen(DriverFault.SHORT_REQUEST, code, request.limit(), bytes);
            throw RequestException.badMessage("request of " + request.limit() + " bytes, " + bytes + " needed");
        }
    }

    /** Encodes one item of an *_INFO reply from index 0 of a zeroed little-endian buffer. */
    private interface ItemEncoder {
        void encode(int index, ByteBuffer into);
    }
}
