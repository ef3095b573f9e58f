// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.VirtioTransport;
import org.vsnd.virtio.Virtqueue;

/**
 * Collects what a driver does from its first request to its first message, and tells a listener once in a driver's life.
 * After that, and for a driver that was there before a snapshot, it looks at nothing. It changes nothing for the driver.
 * Device thread only; allocates only until it has told.
 */
final class DriverHabits {
    private final Consumer<DriverTraits> listener;
    private @Nullable VirtioTransport transport;

    private boolean settled;
    private long features;
    private boolean early;
    private int eventBuffers;
    private boolean channelMaps;
    private int pcmInfos;
    private ChainShape pcmInfo = ChainShape.NONE;
    private int setUps;
    private DriverTraits.Params params = DriverTraits.Params.NONE;
    private boolean shortCommand;
    private boolean started;
    private boolean startedEmpty;
    private ChainShape playback = ChainShape.NONE;
    private ChainShape recording = ChainShape.NONE;

    /** The request that is carried out. */
    private int code;

    /** @param listener called on the device thread; it must be quick, and it must not throw */
    DriverHabits(Consumer<DriverTraits> listener) {
        this.listener = listener;
    }

    /** The device is plugged into its transport. */
    void attach(VirtioTransport to) {
        transport = to;
    }

    /**
     * The driver notifies the event queue. The ring is looked at when the driver says that something is in it, and at no other
     * time: some throw it away.
     */
    void eventBuffers() {
        if (!settled) {
            eventBuffers = queue(VirtioSnd.VIRTIO_SND_VQ_EVENT).offered();
        }
    }

    /** Whether there is nothing more to see in this life. */
    boolean settled() {
        return settled;
    }

    /** The driver begins before DRIVER_OK. */
    void early() {
        early = true;
    }

    void driverOk(long negotiated) {
        features = negotiated;
    }

    /** A control request is about to be carried out. */
    void request(DescriptorChain chain, ByteBuffer bytes) {
        if (settled) {
            return;
        }
        code = bytes.limit() < Integer.BYTES ? 0 : bytes.getInt(0);
        switch (code) {
            case VirtioSnd.VIRTIO_SND_R_PCM_INFO -> {
                if (pcmInfos++ == 0) {
                    pcmInfo = ChainShape.of(chain);
                }
            }
            case VirtioSnd.VIRTIO_SND_R_CHMAP_INFO -> channelMaps = true;
            case VirtioSnd.VIRTIO_SND_R_PCM_SET_PARAMS -> {
                if (setUps++ == 0 && bytes.limit() >= PcmSetParams.LENGTH) {
                    PcmSetParams set = PcmSetParams.decode(bytes);
                    params = new DriverTraits.Params(
                            set.bufferBytes(), set.periodBytes(), set.channels(), set.format(), set.rate());
                }
            }
            case VirtioSnd.VIRTIO_SND_R_PCM_PREPARE, VirtioSnd.VIRTIO_SND_R_PCM_START ->
                shortCommand |= bytes.limit() < PcmHeader.LENGTH;
            default -> {}
        }
    }

    /** The request was carried out, or refused. */
    void answered(int status) {
        if (settled) {
            return;
        }
        boolean refused = status != VirtioSnd.VIRTIO_SND_S_OK;
        switch (code) {
            case VirtioSnd.VIRTIO_SND_R_PCM_SET_PARAMS -> {
                if (refused) {
                    settle(); // the driver may give up here
                }
            }
            case VirtioSnd.VIRTIO_SND_R_PCM_START -> {
                boolean empty = playback.isNone() && recording.isNone();
                startedEmpty |= empty && !started;
                started = true;
                if (!empty || refused) {
                    settle();
                }
            }
            case VirtioSnd.VIRTIO_SND_R_PCM_STOP, VirtioSnd.VIRTIO_SND_R_PCM_RELEASE -> {
                if (started) {
                    settle();
                }
            }
            default -> {}
        }
    }

    /** A message has come, and the driver is not {@link #settled}. */
    void message(boolean output, DescriptorChain chain) {
        if (output && playback.isNone()) {
            playback = ChainShape.of(chain);
        } else if (!output && recording.isNone()) {
            recording = ChainShape.of(chain);
        }
        if (started) {
            settle();
        }
    }

    /** Device reset: the driver goes, perhaps without having played. */
    void reset() {
        if (!settled && pcmInfos + setUps > 0) {
            settle();
        }
        settled = false;
        features = 0;
        early = false;
        eventBuffers = 0;
        channelMaps = false;
        pcmInfos = 0;
        pcmInfo = ChainShape.NONE;
        setUps = 0;
        params = DriverTraits.Params.NONE;
        shortCommand = false;
        started = false;
        startedEmpty = false;
        playback = ChainShape.NONE;
        recording = ChainShape.NONE;
    }

    /** A snapshot brings a driver whose beginning nobody saw. */
    void stranger() {
        settled = true;
    }

    private void settle() {
        settled = true;
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < VirtioSnd.VIRTIO_SND_VQ_MAX; i++) {
            sizes.add(queue(i).enabled() ? queue(i).size() : 0);
        }
        listener.accept(new DriverTraits(
                features,
                early,
                sizes,
                eventBuffers,
                channelMaps,
                pcmInfos,
                pcmInfo,
                setUps,
                params,
                shortCommand,
                startedEmpty,
                playback,
                recording));
    }

    private Virtqueue queue(int index) {
        VirtioTransport attached = transport;
        if (attached == null) {
            throw new IllegalStateException("not attached to a transport");
        }
        return attached.queue(index);
    }
}
