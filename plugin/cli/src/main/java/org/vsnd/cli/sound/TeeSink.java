// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.sound;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PositionReports;

/** Passes on what is played and keeps a copy of it. */
final class TeeSink implements AudioSink {
    private final AudioSink host;
    private final Tape tape;

    /** @param tape the copy is appended to it */
    TeeSink(AudioSink host, Tape tape) {
        this.host = host;
        this.tape = tape;
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
        tape.add(frames);
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
    public long droppedFrames() {
        return host.droppedFrames();
    }

    @Override
    public long silentFrames() {
        return host.silentFrames();
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
