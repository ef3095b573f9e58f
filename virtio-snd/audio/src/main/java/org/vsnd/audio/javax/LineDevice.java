// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.io.IOException;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.live.HostDevice;

/** Opens a mixer's line for one kind of stream. What the line does not support is converted. */
final class LineDevice<L extends DataLine> implements HostDevice<OpenLine<L>> {
    private static final int BUFFER_TARGETS = 4;
    private static final int MIN_BUFFERS_PER_SECOND = 4;

    private final Lines lines;
    private final PcmParams params;

    private final Opening<L> opening;

    private LineDevice(Lines lines, PcmParams params, Opening<L> opening) {
        this.lines = lines;
        this.params = params;
        this.opening = opening;
    }

    /** What the two kinds of line have each for itself. */
    private interface Opening<L> {
        /** Opens a line with a buffer near this size. */
        L open(Line line, AudioFormat format, int bufferBytes) throws LineUnavailableException;
    }

    /** A line to play through. */
    static LineDevice<SourceDataLine> toPlay(Lines lines, PcmParams params) {
        return new LineDevice<>(lines, params, (line, format, bufferBytes) -> {
            SourceDataLine source = (SourceDataLine) line;
            source.open(format, bufferBytes);
            return source;
        });
    }

    /** A line to record from. */
    static LineDevice<TargetDataLine> toRecord(Lines lines, PcmParams params) {
        return new LineDevice<>(lines, params, (line, format, bufferBytes) -> {
            TargetDataLine target = (TargetDataLine) line;
            target.open(format, bufferBytes);
            return target;
        });
    }

    @Override
    public String kind() {
        return "javax";
    }

    @Override
    public String name() {
        return lines.name();
    }

    @Override
    public String verb() {
        return lines.verb();
    }

    @Override
    public OpenLine<L> open() throws IOException {
        if (!lines.exist()) {
            throw new IOException("it does not exist");
        }
        LineLayout layout = lines.layout(params.format(), params.rateHz(), params.channels())
                .orElseThrow(() -> new IOException("it has no " + params.format() + " at " + params.rateHz()
                        + " Hz with " + params.channels() + " channels, nor a format that could be converted"));
        long bufferFrames = Math.max(BUFFER_TARGETS * params.targetFrames(), params.rateHz() / MIN_BUFFERS_PER_SECOND);
        try {
            AudioFormat format = layout.audioFormat();
            L line = opening.open(lines.get(format), format, Math.toIntExact(bufferFrames * layout.frameBytes()));
            return new OpenLine<>(line, layout, line.getBufferSize() / layout.frameBytes());
        } catch (LineUnavailableException | IllegalArgumentException | IllegalStateException | SecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close(OpenLine<L> open) {
        open.line().close();
    }
}
