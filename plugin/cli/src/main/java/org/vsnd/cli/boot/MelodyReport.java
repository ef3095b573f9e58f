package org.vsnd.cli.boot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.vsnd.snd.StreamStatistics;

/**
 * What came of a {@link MelodyRun}.
 *
 * @param good whether the melody and the recording are there, sample by sample
 * @param text for people, several lines
 */
public record MelodyReport(boolean good, String text) {
    /** What was to be heard and what was to be recorded. */
    record Sounds(PcmClip melody, PcmClip tone) {}

    private static final double NANOS_PER_MILLI = 1e6;

    static MelodyReport of(
            Sounds sounds, Path out, PcmClip recorded, String guestStatus, List<StreamStatistics> streams)
            throws BootException {
        int heardAt = heard(out, sounds.melody());
        int recordedAt = sounds.tone().find(recorded);
        StringBuilder text = new StringBuilder("\n");
        line(
                text,
                "heard",
                heardAt >= 0
                        ? out + ": the melody, every sample, from " + seconds(heardAt)
                        : out
                                + ": NOT the melody the guest played; compare it by ear, and run again on an idle machine");
        line(
                text,
                "recorded",
                recordedAt >= 0
                        ? seconds(recorded.frames() - recorded.leadingSilence()) + " of the host's tone, every sample"
                        : "NOT the host's tone: samples are missing or wrong");
        for (StreamStatistics stream : streams) {
            line(
                    text,
                    stream.name(),
                    stream.frames() + " frames in " + stream.messages() + " messages, " + stream.xruns() + " xruns, "
                            + stream.reanchorings() + " re-anchorings");
            line(
                    text,
                    "",
                    "completed late by " + millis(stream.completionErrors().quantileNanos(0.5)) + " (median), "
                            + millis(stream.completionErrors().quantileNanos(0.99)) + " (99 %), "
                            + millis(stream.completionErrors().maxNanos()) + " (worst)");
            if (stream.playback() && stream.rateHz() > 0) {
                line(
                        text,
                        "",
                        "latency " + frames(stream.latencyFrames(), stream.rateHz()) + " as the card reported it, "
                                + guestLatency(guestStatus, stream.rateHz()) + " as the guest saw it");
            }
        }
        return new MelodyReport(heardAt >= 0 && recordedAt >= 0, text.toString());
    }

    private static int heard(Path out, PcmClip melody) throws BootException {
        try {
            return PcmClip.readWav(out).find(melody);
        } catch (IOException e) {
            throw new BootException("cannot read what was played: " + e.getMessage(), e);
        }
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

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f ms", nanos / NANOS_PER_MILLI);
    }
}
