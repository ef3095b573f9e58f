// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.vsnd.snd.StreamStatistics;

/**
 * The result of a {@link MelodyRun}.
 *
 * @param good whether the melody and the recording are right, sample by sample
 * @param text for people, several lines
 */
public record MelodyReport(boolean good, String text) {
    /** The sounds to be heard and to be recorded. */
    record Sounds(PcmClip melody, PcmClip tone) {}

    /**
     * The sounds that arrived.
     *
     * @param heard what the card played
     * @param recorded what the guest got
     * @param longestStallNanos how long this machine stood still meanwhile, at the longest
     */
    record Came(PcmClip heard, PcmClip recorded, long longestStallNanos) {}

    /** A machine that stands still for longer than a guest's buffer lasts is to blame. */
    public static final long LONG_STALL_NANOS = 50_000_000L;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    static MelodyReport of(
            Sounds sounds, Came came, MelodyRun.Hearing hearing, String guestStatus, List<StreamStatistics> streams) {
        int heardAt = came.heard().find(sounds.melody());
        int recordedAt = sounds.tone().find(came.recorded());
        boolean good = heardAt >= 0 && recordedAt >= 0;
        StringBuilder text = new StringBuilder("\n");
        verdict(text, heardAt >= 0, recordedAt >= 0, came.longestStallNanos());
        listen(text, hearing, heardAt >= 0);
        text.append("\nIn figures:\n");
        line(
                text,
                "heard",
                heardAt >= 0
                        ? sounds.melody().frames() + " frames, each as the guest played it, from " + seconds(heardAt)
                                + " on"
                        : "NOT the melody: frames are missing or wrong");
        line(
                text,
                "recorded",
                recordedAt >= 0
                        ? seconds(came.recorded().frames() - came.recorded().leadingSilence())
                                + " of the tone, every sample"
                        : "NOT the tone: frames are missing or wrong");
        line(text, "machine", "stood still for " + stall(came.longestStallNanos()) + " at the longest");
        for (StreamStatistics stream : streams) {
            line(
                    text,
                    stream.name(),
                    stream.frames() + " frames in " + stream.messages() + " messages, " + stream.xruns()
                            + " under-runs, " + stream.reanchorings() + " re-anchorings");
            line(
                    text,
                    "",
                    "messages done late by " + millis(stream.completionErrors().quantileNanos(0.5)) + " (median), "
                            + millis(stream.completionErrors().quantileNanos(0.99)) + " (99 %), "
                            + millis(stream.completionErrors().maxNanos()) + " (worst)");
            if (stream.playback() && stream.rateHz() > 0) {
                line(
                        text,
                        "",
                        "latency " + frames(stream.latencyFrames(), stream.rateHz()) + " as reported by the card, "
                                + guestLatency(guestStatus, stream.rateHz()) + " as seen by the guest");
            }
        }
        return new MelodyReport(good, text.toString());
    }

    private static void verdict(StringBuilder text, boolean heard, boolean recorded, long stallNanos) {
        if (heard && recorded) {
            text.append("All is well: a Linux guest played a melody and recorded a tone through the card, and every"
                    + " sample is right.\n");
            return;
        }
        String what = heard ? "what the guest recorded" : recorded ? "what was played" : "what was played and recorded";
        text.append("NOT well: samples of ").append(what).append(" are missing or wrong. ");
        text.append(
                stallNanos > LONG_STALL_NANOS
                        ? "This machine stood still for " + stall(stallNanos)
                                + ": end what else runs here and try again.\n"
                        : "Try again; if it fails again, please report it.\n");
    }

    private static void listen(StringBuilder text, MelodyRun.Hearing hearing, boolean heard) {
        if (hearing.live().isPresent()) {
            text.append("It went to ").append(hearing.live().get());
            text.append(": if you heard nothing, look at the volume there.\n");
            return;
        }
        text.append(heard ? "Listen to the melody:" : "Compare it by ear:").append("\n  ");
        text.append(Listening.command(hearing.out()));
        text.append("\n");
    }

    /** ALSA's delay minus the frames the guest itself had queued. */
    private static String guestLatency(String status, int rateHz) {
        Long delay = value(status, "delay");
        Long queued = queued(status);
        return delay == null || queued == null ? "unknown" : frames(delay - queued, rateHz);
    }

    private static @Nullable Long queued(String status) {
        Long written = value(status, "appl_ptr");
        Long played = value(status, "hw_ptr");
        return written == null || played == null ? null : Long.valueOf(written - played);
    }

    private static @Nullable Long value(String status, String name) {
        Matcher matcher = Pattern.compile("(?m)^" + name + "\\s*:\\s*(-?\\d+)").matcher(status);
        return matcher.find() ? Long.valueOf(matcher.group(1)) : null;
    }

    private static void line(StringBuilder text, String label, String what) {
        text.append(String.format(Locale.ROOT, "  %-11s %s%n", label, what));
    }

    private static String seconds(long frames) {
        return String.format(Locale.ROOT, "%.3f s", frames / (double) PcmClip.RATE_HZ);
    }

    private static String frames(long frames, int rateHz) {
        return String.format(Locale.ROOT, "%.1f ms", frames * 1_000.0 / rateHz);
    }

    /** How long a machine stood still, for people. */
    public static String stall(long nanos) {
        return nanos < NANOS_PER_SECOND
                ? String.format(Locale.ROOT, "%.0f ms", nanos / NANOS_PER_MILLI)
                : String.format(Locale.ROOT, "%.1f s", nanos / NANOS_PER_SECOND);
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f ms", nanos / NANOS_PER_MILLI);
    }
}
