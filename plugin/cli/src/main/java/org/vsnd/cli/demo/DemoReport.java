// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.demo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.vsnd.cli.boot.MelodyReport;
import org.vsnd.cli.boot.PcmClip;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.measure.Sample;
import org.vsnd.measure.TimeSourceFit;
import org.vsnd.measure.ToneFit;
import org.vsnd.measure.picture.IntervalPanel;
import org.vsnd.measure.picture.Picture;
import org.vsnd.measure.picture.Verdict;
import org.vsnd.measure.picture.WaveformPanel;

/**
 * The result of a {@link DemoRun}.
 *
 * @param verdict whether every sample of the melody came out and the tone came in unbroken, in a sentence
 * @param figures for people, several lines
 * @param played what the card handed to the host
 * @param recorded what the guest got
 * @param intervalsMillis from the end of one exchange to that of the next
 */
public record DemoReport(
        Verdict verdict, String figures, PcmClip played, PcmClip recorded, List<Double> intervalsMillis) {
    private static final double PERIOD_MILLIS = BufferExchange.FRAMES * 1e3 / PcmClip.RATE_HZ;

    private static final int PIECE_FRAMES = 480;
    private static final double CYCLES_PER_FRAME = (double) DemoRun.TONE_HZ / PcmClip.RATE_HZ;
    /** A sample this far from the sine, as a share of its amplitude, is a click. */
    private static final double CLICK = 0.01;

    private static final double SLIP_FRAMES = 0.5;
    /** The first exchange includes the wait for the second buffer, which the driver lacks. */
    private static final int FIRST_EVEN = 1;

    private static final int P95 = 95;
    private static final double NANOS_PER_MILLI = 1e6;

    /**
     * Examines everything.
     *
     * @param hostAudio what was played into, for people
     * @param longestStallNanos how long this machine stood still meanwhile, at the longest
     */
    static DemoReport of(
            PcmClip melody,
            List<BufferExchange> exchanges,
            PcmClip played,
            PcmClip recorded,
            String hostAudio,
            long longestStallNanos) {
        StringBuilder text = new StringBuilder();
        double[] millis = new double[exchanges.size() - 1 - FIRST_EVEN];
        for (int i = 0; i < millis.length; i++) {
            BufferExchange one = exchanges.get(i + 1 + FIRST_EVEN);
            millis[i] = (one.recordedNanos() - exchanges.get(i + FIRST_EVEN).recordedNanos()) / NANOS_PER_MILLI;
        }
        line(text, "guest", "a model of Haiku: two buffers of " + BufferExchange.FRAMES + " frames, one in flight");
        line(text, "plays into", hostAudio);
        intervals(text, exchanges.size(), Sample.of(millis));
        timeSource(
                text,
                TimeSourceFit.through(
                        exchanges.subList(1 + FIRST_EVEN, exchanges.size()),
                        BufferExchange::playedFrames,
                        BufferExchange::playedRealTimeMicros));
        boolean whole = played.find(melody) >= 0;
        line(text, "played", whole ? "the melody, every sample" : "NOT the melody: samples are missing or wrong");
        boolean unbroken = tone(text, recorded);
        line(text, "machine", "stood still for " + MelodyReport.stall(longestStallNanos) + " at the longest");
        return new DemoReport(
                verdict(whole, unbroken, longestStallNanos),
                text.toString(),
                played,
                recorded,
                Arrays.stream(millis).boxed().toList());
    }

    private static Verdict verdict(boolean whole, boolean unbroken, long longestStallNanos) {
        if (whole && unbroken) {
            return new Verdict(
                    true,
                    "All is well: the melody was played and the tone was recorded, and every sample of both is right.");
        }
        String what = whole
                ? "the tone that was recorded has gaps or clicks"
                : unbroken ? "the melody that was played has gaps or clicks" : "melody and tone have gaps or clicks";
        String why = longestStallNanos > MelodyReport.LONG_STALL_NANOS
                ? "this machine stood still for " + MelodyReport.stall(longestStallNanos)
                        + ", so end what else runs here and try again."
                : "try again, and if it fails again, please report it.";
        return new Verdict(false, "NOT well: " + what + "; " + why);
    }

    /** The sound played, the sound recorded, and the length of each exchange. */
    public Picture picture() {
        return new Picture(
                "vsnd demo: a model of Haiku plays a melody and records a tone",
                verdict,
                List.of(
                        waveform("Played: what the card handed to the host, left channel", played),
                        waveform(
                                "Recorded: a tone of " + DemoRun.TONE_HZ + " Hz as the guest received it, left channel",
                                recorded),
                        new IntervalPanel(
                                "Regularity: from the end of one exchange of buffers to that of the next",
                                "number of the exchange",
                                new IntervalPanel.Row("one exchange", intervalsMillis),
                                IntervalPanel.Row.NONE,
                                "ideal",
                                PERIOD_MILLIS)));
    }

    private static WaveformPanel waveform(String title, PcmClip clip) {
        ByteBuffer samples = ByteBuffer.wrap(clip.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        return new WaveformPanel(
                title,
                clip.frames(),
                PcmClip.RATE_HZ,
                frame -> samples.getShort(frame * PcmClip.FRAME_BYTES) / (double) (1 << 15));
    }

    private static void intervals(StringBuilder text, int count, Sample millis) {
        line(
                text,
                "exchanges",
                String.format(
                        Locale.ROOT,
                        "%d, every %.2f ms (median; ideal %.2f), 95 %% below %.2f, the longest %.2f",
                        count,
                        millis.median(),
                        PERIOD_MILLIS,
                        millis.percentile(P95),
                        millis.percentile(100)));
    }

    /** The media kit's clock: played_frames_count as a function of played_real_time. */
    private static void timeSource(StringBuilder text, TimeSourceFit fit) {
        line(
                text,
                "TimeSource",
                String.format(
                        Locale.ROOT,
                        "%+.1f ± %.1f ppm off %d Hz by this machine's clock (a sound card may be off by tens of ppm)",
                        fit.offPpm(PcmClip.RATE_HZ),
                        fit.errorPpm(),
                        PcmClip.RATE_HZ));
    }

    private static boolean tone(StringBuilder text, PcmClip recorded) {
        int silent = recorded.leadingSilence() + 1;
        ByteBuffer samples = ByteBuffer.wrap(recorded.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        double[] left = new double[Math.max(0, recorded.frames() - silent)];
        for (int i = 0; i < left.length; i++) {
            left[i] = samples.getShort((silent + i) * PcmClip.FRAME_BYTES);
        }
        ToneFit fit = ToneFit.of(left, CYCLES_PER_FRAME, PIECE_FRAMES);
        boolean unbroken = fit.pieces().size() > 2 && fit.worstResidual() < CLICK && fit.jumps(SLIP_FRAMES) == 0;
        line(
                text,
                "recorded",
                String.format(
                        Locale.ROOT,
                        "%.2f s of a tone of %d Hz, %s",
                        left.length / (double) PcmClip.RATE_HZ,
                        DemoRun.TONE_HZ,
                        unbroken ? "unbroken" : "NOT unbroken: clicks, or frames missing or repeated"));
        return unbroken;
    }

    private static void line(StringBuilder text, String label, String what) {
        text.append(String.format(Locale.ROOT, "  %-11s %s%n", label, what));
    }
}
