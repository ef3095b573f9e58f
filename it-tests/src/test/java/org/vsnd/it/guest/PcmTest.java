// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.vsnd.cli.boot.Initramfs;

/**
 * The kernel's pcm-test, told what to examine. It plays and records one stream after the other, two seconds each time, so that
 * several of it are run at once. Its configuration is as it comes, but for one period.
 *
 * <p>Linux's driver moves a stream's position by whole messages, and never sends an incomplete last one. So a sound with an
 * incomplete last period is not over when all that was sent has been played: Linux waits for another 100 ms or 1.1 buffers,
 * whichever is longer. pcm-test allows 100 ms. Of its seven sounds two have such a period: {@code time4}, for which an exact
 * card needs 97 ms of them, and {@code time3}, which takes seconds whatever the card does ({@link #LONG_DRAIN}).
 */
final class PcmTest {
    /** As it comes; of little patience, so that it is better examined alone. */
    static final String SMALL_PERIODS = "time4";

    /** As it comes it fails with any card; the others are examined with {@link #WHOLE_PERIODS} instead. */
    static final String LONG_DRAIN = "time3";

    /** The same with a period of which two seconds are a multiple. */
    static final String WHOLE_PERIODS = "whole3";

    private static final String PERIOD = "period_size 22500";
    private static final String WHOLE_PERIOD = "period_size 22050";
    private static final int LONG_DRAIN_RATE_HZ = 44_100;
    /** Whole periods of two seconds. */
    private static final int LONG_DRAIN_FRAMES = 3 * 22_500;

    /** The first card, the second, and QEMU's own, which is there for {@link #LONG_DRAIN} only: it must not be named otherwise. */
    private static final List<String> CARDS = List.of("SoundCard", "SoundCard_1", "SoundCard_2");

    private static final Pattern TIME_MISMATCH =
            Pattern.compile("not ok \\d+ (\\S+)\n# time mismatch: expected \\d+ms got (\\d+)");

    private final String configuration;

    PcmTest(AlsaTools tools) throws IOException {
        configuration = Files.readString(
                tools.root().resolve(AlsaTools.KSELFTEST.substring(1)).resolve(AlsaTools.PCM_TESTS));
    }

    /** Adds the folders in which it examines each device of the first card, and what cannot pass. */
    void configure(Initramfs contents, int devices) {
        String whole = sound(LONG_DRAIN)
                .replace(PERIOD, WHOLE_PERIOD)
                .replace("pcm.test." + LONG_DRAIN, "pcm.test." + WHOLE_PERIODS);
        String others = configuration.replace(sound(LONG_DRAIN), whole).replace(sound(SMALL_PERIODS), "");
        for (int device = 0; device < devices; device++) {
            String cards = card(0, device, devices, "") + card(1, -1, 1, "");
            add(contents, "others" + device, others, cards);
            add(contents, SMALL_PERIODS + device, sound(SMALL_PERIODS), cards);
        }
        String playsOnly = "CAPTURE { skip true }";
        String cards = card(0, 0, devices, playsOnly) + card(1, -1, 1, "") + card(2, 0, 1, playsOnly);
        add(contents, LONG_DRAIN, sound(LONG_DRAIN) + whole, cards);
    }

    private String sound(String name) {
        int from = configuration.indexOf("pcm.test." + name + " {");
        return configuration.substring(from, configuration.indexOf("}\n", from) + 2);
    }

    /** A card of which it examines one device, and of that not what is skipped. */
    private static String card(int number, int device, int devices, String skipped) {
        StringBuilder text = new StringBuilder("card.number" + number + " {\n" + is("id", CARDS.get(number)));
        for (int each = 0; each < devices; each++) {
            String skip = each == device ? skipped : "PLAYBACK { skip true } CAPTURE { skip true }";
            text.append("  pcm." + each + " { " + skip + " }\n");
        }
        return text.append("}\n").toString();
    }

    private static String is(String file, String id) {
        return "sysfs [ { path \"" + file + "\" regex \"^" + id + "$\" } ]\n";
    }

    private static void add(Initramfs contents, String folder, String sounds, String cards) {
        String path = folder(folder).substring(1);
        contents.file(path + "/" + AlsaTools.PCM_TESTS, sounds.getBytes(StandardCharsets.UTF_8));
        String matched = is("class/sound/card0/id", CARDS.get(0)) + cards;
        contents.file(path + "/conf.d/cards.conf", matched.getBytes(StandardCharsets.UTF_8));
    }

    /** The shell's words that examine a device of the first card with all other sounds, which may be a variable of the shell. */
    static String others(String device) {
        return in("others" + device);
    }

    /** The same with {@link #SMALL_PERIODS}. */
    static String smallPeriods(int device) {
        return in(SMALL_PERIODS + device);
    }

    /** The shell's words that play {@link #LONG_DRAIN} and {@link #WHOLE_PERIODS} on the first card and on QEMU's own. */
    static String longDrain() {
        return in(LONG_DRAIN);
    }

    private static String in(String folder) {
        return "cd " + folder(folder) + " && ../pcm-test";
    }

    private static String folder(String name) {
        return AlsaTools.KSELFTEST + "/" + name;
    }

    /** What {@link #LONG_DRAIN} takes at least if it has to wait for its time-out: all whole periods, and 1.1 buffers. */
    static long longDrainMillis(String output, boolean qemus) {
        Pattern parameters = Pattern.compile(LONG_DRAIN + "\\." + CARDS.get(qemus ? 2 : 0)
                + "\\.0\\.0\\.PLAYBACK hw_params\\..*\\.(\\d+) sw_params");
        long bufferFrames = Long.parseLong(only(parameters, output));
        return (LONG_DRAIN_FRAMES + bufferFrames * 11 / 10) * 1000 / LONG_DRAIN_RATE_HZ;
    }

    /** How long it took. */
    static long millis(String output, boolean qemus) {
        return Long.parseLong(only(
                Pattern.compile(
                        "not ok \\d+ " + test(LONG_DRAIN, qemus) + "\n# time mismatch: expected 2000ms got (\\d+)"),
                output));
    }

    /** Those of its sounds that took too long, or too short, and how long; the time of one that passes it does not say. */
    static List<String> mismatches(String output) {
        return TIME_MISMATCH
                .matcher(output)
                .results()
                .map(result -> result.group(1) + ": " + result.group(2) + " ms")
                .toList();
    }

    private static String only(Pattern pattern, String output) {
        return pattern.matcher(output)
                .results()
                .map((MatchResult result) -> result.group(1))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + pattern + " in " + output));
    }

    /** What pcm-test calls a sound played on the first card or on QEMU's own. */
    static String test(String sound, boolean qemus) {
        return "default." + sound + "." + CARDS.get(qemus ? 2 : 0) + ".0.0.PLAYBACK";
    }
}
