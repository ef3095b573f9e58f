// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.io.IOException;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.live.HostDevice;

/** Opens a mixer's line for one kind of stream. What the line does not support is converted. */
abstract class LineDevice<L extends DataLine> implements HostDevice<OpenLine<L>> {
    private static final int BUFFER_TARGETS = 4;
    private static final int MIN_BUFFERS_PER_SECOND = 4;

    private final Lines lines;
    private final PcmParams params;

    LineDevice(Lines lines, PcmParams params) {
        this.lines = lines;
        this.params = params;
    }

    /** Opens a line with a buffer near this size. */
    abstract L open(Line line, LineLayout layout, int bufferBytes) throws LineUnavailableException;

    @Override
    public final String kind() {
        return "javax";
    }

    @Override
    public final String name() {
        return lines.name();
    }

    @Override
    public final String verb() {
        return lines.verb();
    }

    @Override
    public final OpenLine<L> open() throws IOException {
        if (!lines.exist()) {
            throw new IOException("it does not exist");
        }
        LineLayout layout = lines.layout(params.format(), params.rateHz(), params.channels())
                .orElseThrow(() -> new IOException("it has no " + params.format() + " at " + params.rateHz()
                        + " Hz with " + params.channels() + " channels, nor a format that could be converted"));
        long bufferFrames = Math.max(BUFFER_TARGETS * params.targetFrames(), params.rateHz() / MIN_BUFFERS_PER_SECOND);
        try {
            L line = open(lines.get(layout.audioFormat()), layout, Math.toIntExact(bufferFrames * layout.frameBytes()));
            return new OpenLine<>(line, layout, line.getBufferSize() / layout.frameBytes());
        } catch (LineUnavailableException | IllegalArgumentException | IllegalStateException | SecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public final void close(OpenLine<L> open) {
        open.line().close();
    }
}
