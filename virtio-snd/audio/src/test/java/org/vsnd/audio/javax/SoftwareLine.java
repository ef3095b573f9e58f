// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.util.Arrays;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.Control;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineListener;
import javax.sound.sampled.LineUnavailableException;

/**
 * What lines have in common: a buffer between the program and a device that moves frames in chunks by the wall clock, as
 * far as it can. Moves happen when somebody looks; the frame position shows whole chunks only.
 */
abstract class SoftwareLine implements DataLine {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    final SoftwareMixer mixer;
    AudioFormat format;
    byte[] buffer = {};
    long writtenBytes; // into the buffer
    long readBytes; // out of it
    private boolean open;
    private boolean running;
    private boolean stuck;
    private long tickNanos; // up to here the device has moved
    private long restNanos; // of a chunk, when it was stopped

    SoftwareLine(SoftwareMixer mixer, AudioFormat format) {
        this.mixer = mixer;
        this.format = format;
    }

    /** The device moves one chunk. */
    abstract void move(int bytes);

    final synchronized void openLine(AudioFormat wanted, int bufferBytes) throws LineUnavailableException {
        if (mixer.gone) {
            throw new LineUnavailableException("pulled out");
        }
        format = wanted;
        buffer = new byte[bufferBytes];
        writtenBytes = 0;
        readBytes = 0;
        restNanos = 0;
        open = true;
        mixer.opened.add(this);
    }

    /** The device stands still although the line runs, or goes on. */
    final synchronized void stick(boolean standing) {
        catchUp();
        stuck = standing;
        tickNanos = System.nanoTime();
    }

    /** The device takes everything there is at once: it has run dry. */
    final synchronized void swallow() {
        readBytes = writtenBytes;
    }

    /** Does what the device has done since the last time. */
    final void catchUp() {
        int frameBytes = format.getFrameSize();
        long chunkNanos = mixer.chunkFrames * NANOS_PER_SECOND / (long) format.getFrameRate();
        long now = System.nanoTime();
        while (running && !stuck && now - tickNanos >= chunkNanos) {
            tickNanos += chunkNanos;
            move(mixer.chunkFrames * frameBytes);
        }
        if (!running || stuck) {
            tickNanos = now;
        }
    }

    final int bufferedBytes() {
        return (int) (writtenBytes - readBytes);
    }

    final void into(byte[] from, int offset, int bytes) {
        for (int i = 0; i < bytes; i++) {
            buffer[(int) (writtenBytes++ % buffer.length)] = from[offset + i];
        }
    }

    final void outOf(byte[] to, int offset, int bytes) {
        for (int i = 0; i < bytes; i++) {
            to[offset + i] = buffer[(int) (readBytes++ % buffer.length)];
        }
    }

    @Override
    public final synchronized void start() {
        if (open && !running) {
            running = true;
            tickNanos = System.nanoTime() - restNanos;
        }
    }

    @Override
    public final synchronized void stop() {
        if (running) {
            catchUp();
            running = false;
            restNanos = System.nanoTime() - tickNanos;
        }
    }

    @Override
    public final synchronized void close() {
        running = false;
        open = false;
        mixer.opened.remove(this);
    }

    @Override
    public final synchronized boolean isOpen() {
        return open;
    }

    @Override
    public final synchronized boolean isRunning() {
        return running;
    }

    @Override
    public final boolean isActive() {
        return isRunning();
    }

    @Override
    public final AudioFormat getFormat() {
        return format;
    }

    @Override
    public final int getBufferSize() {
        return buffer.length;
    }

    @Override
    public final int getFramePosition() {
        return (int) getLongFramePosition();
    }

    @Override
    public final long getMicrosecondPosition() {
        return getLongFramePosition() * 1_000_000 / (long) format.getFrameRate();
    }

    @Override
    public final float getLevel() {
        return AudioSystem.NOT_SPECIFIED;
    }

    @Override
    public final Line.Info getLineInfo() {
        return new DataLine.Info(getClass(), format);
    }

    @Override
    public final Control[] getControls() {
        return new Control[0];
    }

    @Override
    public final boolean isControlSupported(Control.Type control) {
        return false;
    }

    @Override
    public final Control getControl(Control.Type control) {
        throw new IllegalArgumentException("none");
    }

    @Override
    public final void addLineListener(LineListener listener) {}

    @Override
    public final void removeLineListener(LineListener listener) {}

    @Override
    public final synchronized void flush() {
        Arrays.fill(buffer, (byte) 0);
        readBytes = writtenBytes;
    }

    @Override
    public final void drain() {
        throw new UnsupportedOperationException("nobody here waits for it");
    }
}
