// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.TargetDataLine;

/** Hears 1, 2, 3, ... one number a frame, in its first four bytes or as many as there are. Over-runs drop the newest. */
final class SoftwareMicrophone extends SoftwareLine implements TargetDataLine {
    private int frame;

    SoftwareMicrophone(SoftwareMixer mixer, AudioFormat format) {
        super(mixer, format);
    }

    @Override
    void move(int bytes) {
        int frameBytes = format.getFrameSize();
        for (int at = 0; at < bytes; at += frameBytes) {
            frame++;
            if (buffer.length - bufferedBytes() >= frameBytes) {
                for (int i = 0; i < frameBytes; i++) {
                    buffer[(int) (writtenBytes++ % buffer.length)] = i < Integer.BYTES ? (byte) (frame >>> (8 * i)) : 0;
                }
            }
        }
    }

    @Override
    public void open(AudioFormat wanted, int bufferBytes) throws LineUnavailableException {
        openLine(wanted, bufferBytes);
    }

    @Override
    public void open(AudioFormat wanted) throws LineUnavailableException {
        open(wanted, ((int) wanted.getFrameRate()) * wanted.getFrameSize() / 2);
    }

    @Override
    public void open() throws LineUnavailableException {
        open(format);
    }

    @Override
    public synchronized int read(byte[] to, int offset, int length) {
        catchUp();
        int bytes = Math.min(length, bufferedBytes());
        outOf(to, offset, bytes);
        return bytes;
    }

    @Override
    public synchronized int available() {
        catchUp();
        return bufferedBytes();
    }

    @Override
    public synchronized long getLongFramePosition() {
        catchUp();
        return writtenBytes / format.getFrameSize();
    }
}
