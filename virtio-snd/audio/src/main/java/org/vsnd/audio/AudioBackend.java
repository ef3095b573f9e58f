// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.util.Optional;

/**
 * A host audio system. The device opens one sink per playback stream and one source per capture stream.
 *
 * <p>Opening never waits and never fails: a device that is not available is silence, one clear log line and retries in
 * the background. Called on a device's thread; cards may share a back end, so several such threads may call it at a
 * time. A sink or source belongs to the thread that opened it. {@link #close()} may be called on any thread; a sink or
 * source that is opened afterwards is silent, and one that is still open becomes silent.
 */
public interface AudioBackend extends AutoCloseable {
    /** The back end as the operator wrote it, for log lines: {@code null}, {@code wav:out.wav}, ... */
    String name();

    /** What is recorded from, if that is only a part of the {@link #name}: of two files, the one that is read. */
    default String recordsFrom() {
        return name();
    }

    /** The same for one stream, by the name with which it is opened. */
    default String recordsFrom(String streamName) {
        return recordsFrom();
    }

    /**
     * Counts how often better host audio was found: streams that were opened before that, and do not work, should be
     * closed and opened anew. Any thread.
     */
    default int generation() {
        return 0;
    }

    /**
     * Why the host cannot play something, if that is known; a sentence that says what to do. May wait for the
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
     * The most channels that are all heard, or all recorded, now: a host may take more and drop some. {@link
     * Integer#MAX_VALUE} if it drops none, or none is known. May wait for the host, as {@link #playbackRefusal}.
     */
    default int mostChannels(boolean playback) {
        return Integer.MAX_VALUE;
    }

    /**
     * Opens a way to play.
     *
     * @param params format, rate, channels and target latency
     * @param streamName for the host's mixer and log lines, for example {@code output 0}
     */
    AudioSink openSink(PcmParams params, String streamName);

    /**
     * Whether {@link #openSink} would now take over a stream that was closed and still plays out: it then needs no more
     * of the card's memory than that stream already has.
     */
    default boolean takesUp(PcmParams params, String streamName) {
        return false;
    }

    /**
     * Opens a way to record. Nothing is recorded before {@link AudioSource#start}.
     *
     * @param params format, rate, channels and target latency
     * @param streamName for the host's mixer and log lines, for example {@code input 1}
     */
    AudioSource openSource(PcmParams params, String streamName);

    /**
     * The same for a stream that may have several sources. What a source is, and that there are several, the back end knows from
     * the operator; one that does not records from what it always does.
     *
     * @param choice which of them. If it changes and the source does not {@linkplain AudioSource#followsChoice follow it}, the
     *     source is to be closed and opened anew
     */
    default AudioSource openSource(PcmParams params, String streamName, SourceChoice choice) {
        return openSource(params, streamName);
    }

    /**
     * A way to record by another clock than the source's own, for a driver that can follow only one. Only a back end whose
     * sources have their own clock needs one.
     *
     * @return empty if there is none for such frames: the device then drops frames or inserts silence now and then
     */
    default Optional<Resampler> openResampler(PcmParams params) {
        return Optional.empty();
    }

    /**
     * Follows whether something is plugged in where a stream plays or records. A back end that cannot know says nothing.
     *
     * @param output whether it plays there
     * @param streamName with which the stream is opened
     * @param listener told as soon as it is known, and whenever it changes
     */
    default PlugListener.Following follow(HostSocket socket, boolean output, String streamName, PlugListener listener) {
        return PlugListener.Following.NONE;
    }

    /** Ends everything and waits for the audio threads, so that files are complete afterwards. Idempotent. */
    @Override
    void close();
}
