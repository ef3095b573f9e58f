// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.nio.file.Path;
import java.util.Map;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.audio.ServerAddress;
import org.vsnd.bench.audio.SinkClock;
import org.vsnd.bench.audio.StampedRecorder;
import org.vsnd.cli.boot.BootException;
import org.vsnd.it.server.FilePlayer;
import org.vsnd.it.server.PulseServer;
import org.vsnd.measure.LineFit;
import org.vsnd.measure.sound.SoundFormat;

/**
 * A PulseAudio server with two null sinks of the guest's format. The card plays into one and records from the other's
 * monitor, where the tone is played; a recorder on each monitor says when every frame was there.
 */
final class PulseSound implements HostSound {
    private static final String SINK = "dac";
    private static final String SOURCE = "adc";

    private final SoundFormat format;
    private final PulseServer server;
    private final StampedRecorder played;
    private final StampedRecorder given;
    private final FilePlayer tone;

    private PulseSound(SoundFormat format, int seconds, PulseServer server, Path folder)
            throws BenchException, BootException {
        this.format = format;
        this.server = server;
        played = StampedRecorder.start(server, SINK + ".monitor", format, folder.resolve("played.log"));
        given = StampedRecorder.start(server, SOURCE + ".monitor", format, folder.resolve("given.log"));
        byte[] frames = new TwoTones(format).frames(seconds * format.rateHz());
        tone = FilePlayer.start(server, SOURCE, format, frames, folder.resolve("tone"));
    }

    /**
     * Starts it.
     *
     * @param seconds how long there must be something to record
     */
    static PulseSound start(SoundFormat format, int seconds, Path folder) throws BenchException, BootException {
        PulseServer server = PulseServer.builder(folder.resolve("pulse"))
                .nullSink(SINK, format)
                .nullSink(SOURCE, format)
                .start();
        try {
            return new PulseSound(format, seconds, server, folder);
        } catch (BenchException | BootException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public String backend() {
        return "pulse:" + SINK + "," + SOURCE + ".monitor";
    }

    @Override
    public Map<String, String> environment() {
        return ServerAddress.of(server);
    }

    @Override
    public boolean records() {
        return true;
    }

    @Override
    public void end() throws InterruptedException {
        played.stop();
        given.stop();
    }

    @Override
    public byte[] heard() throws BenchException {
        if (!tone.isPlaying()) {
            throw new BenchException("what is to be recorded ended too soon");
        }
        return played.data();
    }

    /** What was there to be recorded. */
    byte[] given() {
        return given.data();
    }

    /** When each frame of what was heard was there, by the sink's clock as it was from one time to another. */
    LineFit heardBetween(long fromNanos, long toNanos) throws BenchException {
        return played.clockBetween(fromNanos, toNanos);
    }

    /** When each frame of what was to be recorded was there. */
    LineFit givenBetween(long fromNanos, long toNanos) throws BenchException {
        return given.clockBetween(fromNanos, toNanos);
    }

    @Override
    public SinkClock clockBetween(long fromNanos, long toNanos) throws BenchException {
        return SinkClock.seen(heardBetween(fromNanos, toNanos), format.rateHz());
    }

    @Override
    public void close() {
        tone.close();
        played.close();
        given.close();
        server.close();
    }
}
