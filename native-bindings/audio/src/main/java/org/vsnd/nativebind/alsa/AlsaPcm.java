// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.ChannelPosition;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.ChannelOrder;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.NativeBuffer;

/**
 * An open {@code snd_pcm_t}. Calls return libasound's negative error numbers and allocate nothing; those that may wait
 * for a server say so. One thread at a time.
 */
final class AlsaPcm implements AlsaPolled {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** A time stamp further from now than this comes from another clock. */
    private static final long FAR_NANOS = NANOS_PER_SECOND;

    private final long pcm;
    private final PcmConfig config;
    private final PcmGrant grant;
    private final ChannelOrder order;
    private final NativeBuffer status = new NativeBuffer(Math.toIntExact(LibAsound.snd_pcm_status_sizeof()));
    private final NativeBuffer timespec = new NativeBuffer(2 * Long.BYTES);
    private boolean closed;

    private int state;
    private long delayFrames;
    private long availFrames;
    private long nanos;

    private AlsaPcm(long pcm, PcmConfig config, PcmGrant grant, ChannelOrder order) {
        this.pcm = pcm;
        this.config = config;
        this.grant = grant;
        this.order = order;
    }

    /**
     * Opens and sets up a PCM for exactly this kind of stream. The plug layer provides what it lacks, unless the name
     * asks for the bare hardware. May wait for a server.
     *
     * @throws AlsaException if it is not available; the message says why
     */
    static AlsaPcm open(String name, PcmDirection direction, PcmParams params) throws AlsaException {
        AlsaException refused;
        try {
            return openAs(name, direction, params);
        } catch (AlsaException e) {
            refused = e;
        }
        String plugged = plugged(name);
        if (plugged != null && refused.errno() == Errno.EINVAL) {
            try {
                return openAs(plugged, direction, params);
            } catch (AlsaException e) {
                refused.addSuppressed(e);
            }
        }
        throw refused;
    }

    /** The same PCM with conversions in front of it; null for bare hardware, which is to be used directly. */
    private static @Nullable String plugged(String name) {
        boolean bare = name.equals("hw") || name.startsWith("hw:");
        return bare || name.startsWith("plug:") || name.contains("'") ? null : "plug:'" + name + "'";
    }

    private static AlsaPcm openAs(String name, PcmDirection direction, PcmParams params) throws AlsaException {
        long pcm = openHandle(name, direction);
        boolean done = false;
        try {
            PcmConfig config = new PcmConfig(pcm);
            config.choose(params);
            PcmGrant grant = config.apply(params);
            int prepared = config.prepare();
            if (prepared < 0) {
                throw new AlsaException("prepare " + name, prepared);
            }
            List<ChannelPosition> host = AlsaChannels.settle(pcm, params.speakers());
            done = true;
            return new AlsaPcm(
                    pcm,
                    config,
                    grant,
                    direction == PcmDirection.PLAYBACK
                            ? ChannelOrder.between(params.speakers(), host)
                            : ChannelOrder.between(host, params.speakers()));
        } finally {
            if (!done) {
                LibAsound.snd_pcm_close(pcm);
            }
        }
    }

    private static long openHandle(String name, PcmDirection direction) throws AlsaException {
        NativeBuffer handle = new NativeBuffer(Long.BYTES);
        int result = LibAsound.snd_pcm_open(
                handle.address(), Alsa.string(name), direction.stream(), LibAsound.SND_PCM_NONBLOCK);
        if (result < 0) {
            throw new AlsaException("open " + name, result);
        }
        return handle.bytes().getLong(0);
    }

    /**
     * Whether a PCM can be opened at all. May wait for a server.
     *
     * @throws AlsaException if not
     */
    static void tryOpen(String name, PcmDirection direction) throws AlsaException {
        LibAsound.snd_pcm_close(openHandle(name, direction));
    }

    /**
     * Whether a PCM can carry this kind of stream, possibly through the plug layer. May wait for a server.
     *
     * @throws AlsaException if not; {@link Errno#EINVAL} if the PCM exists but lacks something
     */
    static void tryParams(String name, PcmDirection direction, PcmParams params) throws AlsaException {
        String plugged = plugged(name);
        long pcm = openHandle(name, direction);
        try {
            new PcmConfig(pcm).choose(params);
            return;
        } catch (AlsaException e) {
            if (plugged == null) {
                throw e;
            }
        } finally {
            LibAsound.snd_pcm_close(pcm);
        }
        pcm = openHandle(plugged, direction);
        try {
            new PcmConfig(pcm).choose(params);
        } finally {
            LibAsound.snd_pcm_close(pcm);
        }
    }

    /**
     * The most channels for which a PCM has places, as far as it says.
     *
     * @return 0 if it does not say, or cannot be opened now
     */
    static int mostChannels(String name, PcmDirection direction) {
        try {
            long pcm = openHandle(name, direction);
            try {
                return AlsaChannels.most(pcm);
            } finally {
                LibAsound.snd_pcm_close(pcm);
            }
        } catch (AlsaException e) {
            return 0; // it may come later
        }
    }

    PcmGrant grant() {
        return grant;
    }

    /** From the stream's order of channels to the PCM's, or for recording the other way round. */
    ChannelOrder order() {
        return order;
    }

    /** Makes it ready to start, empty. May wait for a server. */
    int prepare() {
        return config.prepare();
    }

    /** Starts it. May wait for a server. */
    int start() {
        return LibAsound.snd_pcm_start(pcm);
    }

    /** Stops it at once and drops what it holds. */
    int drop() {
        return LibAsound.snd_pcm_drop(pcm);
    }

    /** Pauses it, or lets it go on. */
    int pause(boolean stand) {
        return LibAsound.snd_pcm_pause(pcm, stand ? 1 : 0);
    }

    /** After a suspend of the machine; {@code -EAGAIN} while it is not awake. */
    int resume() {
        return LibAsound.snd_pcm_resume(pcm);
    }

    /** Reads where the PCM is: {@link #delayFrames}, {@link #availFrames}, {@link #nanos}. */
    int look() {
        long before = System.nanoTime();
        int result = LibAsound.snd_pcm_status(pcm, status.address());
        if (result < 0) {
            return result;
        }
        long after = System.nanoTime();
        state = LibAsound.snd_pcm_status_get_state(status.address());
        delayFrames = LibAsound.snd_pcm_status_get_delay(status.address());
        availFrames = LibAsound.snd_pcm_status_get_avail(status.address());
        LibAsound.snd_pcm_status_get_htstamp(status.address(), timespec.address());
        ByteBuffer time = timespec.bytes();
        long stamp = time.getLong(0) * NANOS_PER_SECOND + time.getLong(Long.BYTES);
        nanos = Math.abs(stamp - after) < FAR_NANOS ? stamp : before + (after - before) / 2;
        return 0;
    }

    /** As {@link #look}, but also returns a negative error number if the PCM does not run. */
    int lookRunning() {
        int error = look();
        if (error < 0) {
            return error;
        }
        return switch (state) {
            case LibAsound.SND_PCM_STATE_RUNNING -> 0;
            case LibAsound.SND_PCM_STATE_SUSPENDED -> -Errno.ESTRPIPE;
            case LibAsound.SND_PCM_STATE_DISCONNECTED -> -Errno.ENODEV;
            default -> -Errno.EPIPE;
        };
    }

    /** At the last {@link #look}: frames between us and the loudspeaker or microphone. */
    long delayFrames() {
        return delayFrames;
    }

    /** At the last {@link #look}: frames that can be written or read. */
    long availFrames() {
        return availFrames;
    }

    /** When the last {@link #look} was true, in the time of {@link System#nanoTime()}. */
    long nanos() {
        return nanos;
    }

    /** Writes interleaved frames; returns how many were taken. */
    long write(long address, long frames) {
        return LibAsound.snd_pcm_writei(pcm, address, frames);
    }

    /** Reads interleaved frames; returns how many there were. */
    long read(long address, long frames) {
        return LibAsound.snd_pcm_readi(pcm, address, frames);
    }

    @Override
    public int pollDescriptorsCount() {
        return Math.max(0, LibAsound.snd_pcm_poll_descriptors_count(pcm));
    }

    @Override
    public int pollDescriptors(long pollfds, int count) {
        return LibAsound.snd_pcm_poll_descriptors(pcm, pollfds, count);
    }

    @Override
    public int pollDescriptorsRevents(long pollfds, int count, long revents) {
        return LibAsound.snd_pcm_poll_descriptors_revents(pcm, pollfds, count, revents);
    }

    /** Closes it and drops what it holds. Idempotent. */
    void close() {
        if (!closed) {
            closed = true;
            LibAsound.snd_pcm_close(pcm);
        }
    }
}
