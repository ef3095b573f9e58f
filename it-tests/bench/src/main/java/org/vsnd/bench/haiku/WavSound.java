// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.audio.SinkClock;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.measure.sound.WavFile;

/** The back end {@code wav}: one file is written, the tone comes from another. */
final class WavSound implements HostSound {
    private final SoundFormat format;
    private final Path out;
    private final Path in;

    private WavSound(SoundFormat format, Path out, Path in) {
        this.format = format;
        this.out = out;
        this.in = in;
    }

    /**
     * Writes what is to be recorded.
     *
     * @param folder for the files
     */
    static WavSound make(SoundFormat format, int seconds, Path folder) throws BenchException {
        Path in = folder.resolve("tone.wav");
        try {
            Files.write(in, WavFile.bytes(format, new TwoTones(format).frames(seconds * format.rateHz())));
        } catch (IOException e) {
            throw new BenchException("cannot write the tone: " + e.getMessage(), e);
        }
        return new WavSound(format, folder.resolve("out.wav"), in);
    }

    @Override
    public String backend() {
        return "wav:" + out + ",in=" + in;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public boolean records() {
        return true;
    }

    @Override
    public void end() {
        // the file is whole
    }

    @Override
    public byte[] heard() throws BenchException {
        try {
            WavFile file = WavFile.readFinished(out);
            if (!file.is(format)) {
                throw new BenchException("what was played is not in the guest's format: " + out);
            }
            return file.data();
        } catch (IOException e) {
            throw new BenchException("cannot read what was played: " + e.getMessage(), e);
        }
    }

    @Override
    public SinkClock clockBetween(long fromNanos, long toNanos) {
        return SinkClock.known(0); // the monotonic clock
    }

    @Override
    public void close() {
        // the folder goes as a whole
    }
}
