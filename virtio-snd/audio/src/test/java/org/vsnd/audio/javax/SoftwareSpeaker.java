// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.util.Arrays;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;

/** Keeps what was heard, with silence where it ran dry. Of what has no room it takes nothing, instead of waiting. */
final class SoftwareSpeaker extends SoftwareLine implements SourceDataLine {
    private final byte[] heard = new byte[1 << 24];
    private int heardBytes;

    SoftwareSpeaker(SoftwareMixer mixer, AudioFormat format) {
        super(mixer, format);
    }

    /** Everything heard since it was opened, as far as it is kept. */
    synchronized byte[] heard() {
        catchUp();
        return Arrays.copyOf(heard, heardBytes);
    }

    @Override
    void move(int bytes) {
        if (writtenBytes == 0 || heardBytes + bytes > heard.length) { // the device starts with the first frames
            return;
        }
        outOf(heard, heardBytes, Math.min(bytes, bufferedBytes()));
        heardBytes += bytes;
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
    public synchronized int write(byte[] from, int offset, int length) {
        catchUp();
        int bytes = isOpen() ? Math.min(length, buffer.length - bufferedBytes()) : 0;
        into(from, offset, bytes);
        return bytes;
    }

    @Override
    public synchronized int available() {
        catchUp();
        return buffer.length - bufferedBytes();
    }

    @Override
    public synchronized long getLongFramePosition() {
        catchUp();
        return readBytes / format.getFrameSize();
    }
}
