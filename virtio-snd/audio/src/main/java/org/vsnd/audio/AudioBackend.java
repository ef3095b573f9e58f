// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.util.Optional;

/**
 * A host audio system. The device opens one sink per playback stream and one source per capture stream.
 *
 * <p>Opening never waits and never fails: a device that cannot be had is silence, one clear log line and retries behind
 * the caller's back. Called on a device's thread; cards may share a back end, so there may be several of them at a time.
 * What is opened belongs to the thread that opened it. {@link #close()} may be called on any thread; what is opened
 * afterwards is silence, and what still is open becomes it.
 */
public interface AudioBackend extends AutoCloseable {
    /** What the operator wrote, for log lines: {@code null}, {@code wav:out.wav}, ... */
    String name();

    /** What is recorded from, if that is less than the {@link #name}: of a file that is read and one that is written. */
    default String recordsFrom() {
        return name();
    }

    /**
     * Counts how often better host audio was found than there was: what was opened before that, and does not work, should be
     * closed and opened anew. Any thread.
     */
    default int generation() {
        return 0;
    }

    /**
     * Why the host cannot play something, if it is known that it cannot; a sentence that says what to do. May wait for the
     * host: for start-up only, before there is a device thread.
     */
    default Optional<String> playbackRefusal(PcmFormat format, int rateHz, int channels) {
        return Optional.empty();
    }

    /** The same for recording. */
    default Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
        return Optional.empty();
    }

    /**
     * Asks for a way to play.
     *
     * @param params format, rate, channels and the target latency wanted
     * @param streamName for the host's mixer and log lines, for example {@code output 0}
     */
    AudioSink openSink(PcmParams params, String streamName);

    /**
     * Whether {@link #openSink} would just now take up a stream that was closed and still plays out: it then needs no more of
     * the card's memory than that one has already.
     */
    default boolean takesUp(PcmParams params, String streamName) {
        return false;
    }

    /**
     * Asks for a way to record. Nothing is recorded before {@link AudioSource#start}.
     *
     * @param params format, rate, channels and the target latency wanted
     * @param streamName for the host's mixer and log lines, for example {@code input 1}
     */
    AudioSource openSource(PcmParams params, String streamName);

    /**
     * A way to record by another clock than the source's own, for a driver that can follow only one. Only a back end whose
     * sources have a clock of their own needs one.
     *
     * @return empty if there is none for such frames: the device then drops frames or repeats silence now and then
     */
    default Optional<Resampler> openResampler(PcmParams params) {
        return Optional.empty();
    }

    /** Ends everything and waits for the audio threads, so that files are whole afterwards. Idempotent. */
    @Override
    void close();
}
