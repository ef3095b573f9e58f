// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vsnd.cli.boot.Initramfs;

/**
 * The kernel's pcm-test, told to examine one device of the first card. It plays and records one stream after the other, two
 * seconds each time, so that several of it are run at once.
 */
final class PcmTest {
    private static final String CARD = "SoundCard";
    private static final String OTHER_CARD = "SoundCard_1";

    private PcmTest() {}

    /** Adds the folder in which it examines this device and no other of that card and the second. */
    static void configure(Initramfs contents, AlsaTools tools, int device, int devices) throws IOException {
        String folder = folder(Integer.toString(device)).substring(1);
        contents.file(folder + "/" + AlsaTools.PCM_TESTS, wholePeriods(tools));
        StringBuilder text = new StringBuilder("sysfs [ { path \"class/sound/card0/id\" regex \"" + CARD + "\" } ]\n");
        text.append("card.examined {\n").append(is(CARD));
        for (int other = 0; other < devices; other++) {
            text.append(other == device ? "" : skip(other));
        }
        text.append("}\ncard.heard {\n").append(is(OTHER_CARD)).append(skip(0)).append("}\n");
        contents.file(folder + "/conf.d/cards.conf", text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The shell's words that examine a device, which may be a variable of the shell. */
    static String command(String device) {
        return "cd " + folder(device) + " && ../pcm-test";
    }

    private static String folder(String device) {
        return AlsaTools.KSELFTEST + "/device" + device;
    }

    private static String is(String id) {
        return "  sysfs [ { path \"id\" regex \"^" + id + "$\" } ]\n";
    }

    private static String skip(int device) {
        return "  pcm." + device + " { PLAYBACK { skip true } CAPTURE { skip true } }\n";
    }

    /**
     * It plays two seconds. Linux's driver sends whole periods only, so that a sound with an incomplete last one never ends,
     * whatever the card: QEMU's own fails in the same way. Two of the periods asked for are therefore changed into some that
     * two seconds are a multiple of.
     */
    private static byte[] wholePeriods(AlsaTools tools) throws IOException {
        Path file = tools.root().resolve(AlsaTools.KSELFTEST.substring(1)).resolve(AlsaTools.PCM_TESTS);
        String text = Files.readString(file)
                .replace("period_size 22500", "period_size 22050")
                .replace("period_size 512", "period_size 480");
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
