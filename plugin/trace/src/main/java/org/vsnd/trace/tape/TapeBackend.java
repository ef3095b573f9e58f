// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.tape;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;

/**
 * Host audio that keeps everything it was given and delivers frames whose place can be told. Goes by the device's clock.
 */
public final class TapeBackend implements AudioBackend {
    private final List<TapeSink> sinks = new ArrayList<>();
    private final List<TapeSource> sources = new ArrayList<>();
    private boolean keeps = true;
    private boolean closed;

    /** Counts only from now on: for long runs and allocation counts. */
    public void countOnly() {
        keeps = false;
        sinks.forEach(TapeSink::countOnly);
    }

    @Override
    public String name() {
        return "tape";
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        TapeSink sink = new TapeSink(params, streamName, keeps);
        sinks.add(sink);
        return sink;
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        TapeSource source = new TapeSource(params, streamName);
        sources.add(source);
        return source;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Whether it was closed. */
    public boolean isClosed() {
        return closed;
    }

    /** Every sink opened so far. */
    public List<TapeSink> sinks() {
        return List.copyOf(sinks);
    }

    /** The only or latest sink. */
    public TapeSink sink() {
        return sinks.get(sinks.size() - 1);
    }

    /** Every source opened so far. */
    public List<TapeSource> sources() {
        return List.copyOf(sources);
    }

    /** The only or latest source. */
    public TapeSource source() {
        return sources.get(sources.size() - 1);
    }
}
