// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.vsnd.audio.PcmFormat;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * Checked parameters of a stream, 5.14.6.6.3.
 *
 * @param bufferBytes the driver's whole buffer
 * @param periodBytes the driver's period
 * @param features what the driver has selected of {@link StreamInfo#features}
 */
record StreamParams(long bufferBytes, long periodBytes, int channels, PcmFormat format, int rateHz, int features) {
    /** No driver needs more, and none can make the host allocate more (SND-44). */
    static final long BUFFER_BYTES_MAX = 16L << 20;

    private static final PcmFormat[] FORMATS = PcmFormat.values();

    /**
     * Checks what the driver asks for against what the stream offers, in the order of SND-41.
     *
     * @param strict whether a period must be whole frames; otherwise it is one frame or more
     */
    static StreamParams check(PcmSetParams asked, StreamInfo info, boolean strict) throws RequestException {
        // Bit numbers are checked before shifting: Java would take 69 for 5.
        if (asked.format() >= FORMATS.length || (info.formats() & (1L << asked.format())) == 0) {
            throw RequestException.notSupported("format " + asked.format()
                    + (asked.format() < FORMATS.length ? ", " + FORMATS[asked.format()] : ""));
        }
        if (asked.rate() >= PcmRate.count() || (info.rates() & (1L << asked.rate())) == 0) {
            throw RequestException.notSupported("rate " + asked.rate()
                    + (asked.rate() < PcmRate.count() ? ", " + PcmRate.hz(asked.rate()) + " Hz" : ""));
        }
        if (asked.channels() < info.channelsMin() || asked.channels() > info.channelsMax()) {
            throw RequestException.notSupported(asked.channels() + " channels");
        }
        if ((asked.features() & 3) == 3) {
            throw RequestException.badMessage("SHMEM_HOST and SHMEM_GUEST together");
        }
        if ((asked.features() & ~info.features()) != 0) {
            throw RequestException.notSupported("features 0x" + Integer.toHexString(asked.features()));
        }
        PcmFormat format = FORMATS[asked.format()];
        int frameBytes = format.sampleBytes() * asked.channels();
        long buffer = asked.bufferBytes();
        long period = asked.periodBytes();
        boolean fits = strict ? period % frameBytes == 0 : period >= frameBytes;
        if (period == 0 || buffer == 0 || buffer % period != 0 || !fits) {
            throw RequestException.badMessage(
                    "buffer of " + buffer + " bytes and period of " + period + " with frames of " + frameBytes);
        }
        if (buffer > BUFFER_BYTES_MAX) {
            throw RequestException.notSupported("buffer of " + buffer + " bytes, at most " + BUFFER_BYTES_MAX);
        }
        return new StreamParams(buffer, period, asked.channels(), format, PcmRate.hz(asked.rate()), asked.features());
    }

    /** Writes them as a driver would send them. */
    void save(SnapshotWriter out) {
        out.i32((int) bufferBytes)
                .i32((int) periodBytes)
                .u8(channels)
                .choice(format)
                .u8(PcmRate.of(rateHz))
                .u8(features);
    }

    /** Reads what {@link #save} wrote, and checks it like a driver's request. */
    static StreamParams load(SnapshotReader in, StreamInfo info, boolean strict) throws SnapshotException {
        long buffer = in.u32("buffer_bytes", 0, 0xffff_ffffL);
        long period = in.u32("period_bytes", 0, 0xffff_ffffL);
        int channels = in.u8("channels", 0xff);
        int format = in.u8("format", 0xff);
        int rate = in.u8("rate", 0xff);
        int features = in.u8("features", 0xff);
        try {
            return check(new PcmSetParams(buffer, period, features, channels, format, rate), info, strict);
        } catch (RequestException e) {
            throw in.damaged(String.valueOf(e.getMessage()));
        }
    }

    /** Whether the driver does not notify. */
    boolean polled() {
        return (features & StreamInfo.MSG_POLLING) != 0;
    }

    /** Whether the driver wants to hear of under- and over-runs. */
    boolean tellsXruns() {
        return (features & StreamInfo.EVT_XRUNS) != 0;
    }

    int frameBytes() {
        return format.sampleBytes() * channels;
    }

    /** Whether the driver cannot keep two periods in flight: Haiku, whose buffer is one period. */
    boolean holdsOnePeriod() {
        return bufferBytes < 2 * periodBytes;
    }
}
