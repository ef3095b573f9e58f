// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Channels that sound one after the other: as speaker-test says, and as they are heard. */
final class ChannelTurns {
    private static final Pattern ANNOUNCED = Pattern.compile("^ *\\d+ - (.+)$", Pattern.MULTILINE);

    private ChannelTurns() {}

    /** The speakers that speaker-test names, in turn, by the names that they have in channel maps. */
    static List<String> announced(String output) {
        List<String> speakers = new ArrayList<>();
        Matcher line = ANNOUNCED.matcher(output);
        while (line.find()) {
            String name = line.group(1).strip();
            speakers.add(name.equals("Center") ? "Front Center" : name); // without a channel map
        }
        return speakers;
    }

    /**
     * The channels of 16-bit frames on which something is heard, in turn, each once for as long as it is not followed by
     * another. Silence does not count.
     *
     * @throws AssertionError if two of them sound at once
     */
    static List<Integer> heard(byte[] frames, int channels) {
        List<Integer> turns = new ArrayList<>();
        for (int at = 0; at + 2 * channels <= frames.length; at += 2 * channels) {
            int sounding = -1;
            for (int channel = 0; channel < channels; channel++) {
                boolean silent = frames[at + 2 * channel] == 0 && frames[at + 2 * channel + 1] == 0;
                if (!silent && sounding >= 0) {
                    throw new AssertionError("channels " + sounding + " and " + channel + " sound at once in frame "
                            + at / (2 * channels));
                }
                sounding = silent ? sounding : channel;
            }
            if (sounding >= 0 && (turns.isEmpty() || turns.get(turns.size() - 1) != sounding)) {
                turns.add(sounding);
            }
        }
        return turns;
    }
}
