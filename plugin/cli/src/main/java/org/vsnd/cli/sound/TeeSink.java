// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.sound;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PositionReports;

/** Hands on what is played and keeps a copy of it, as far as there is room. */
final class TeeSink implements AudioSink {
    private final AudioSink host;
    private final byte[] tape;
    private int length;

    TeeSink(AudioSink host, int tapeBytes) {
        this.host = host;
        tape = new byte[tapeBytes];
    }

    byte[] tape() {
        return Arrays.copyOf(tape, length);
    }

    @Override
    public long targetFrames() {
        return host.targetFrames();
    }

    @Override
    public long heldFrames() {
        return host.heldFrames();
    }

    @Override
    public int write(ByteBuffer frames) {
        int bytes = Math.min(frames.remaining(), tape.length - length);
        frames.get(frames.position(), tape, length, bytes);
        length += bytes;
        return host.write(frames);
    }

    @Override
    public void gap(long frames) {
        host.gap(frames);
    }

    @Override
    public void start() {
        host.start();
    }

    @Override
    public void pause() {
        host.pause();
    }

    @Override
    public void drain() {
        host.drain();
    }

    @Override
    public boolean isMakeshift() {
        return host.isMakeshift();
    }

    @Override
    public PositionReports reports() {
        return host.reports();
    }

    @Override
    public void close() {
        host.close();
    }
}
