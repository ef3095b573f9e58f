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
     * The channels on which something is heard, in turn, each once for as long as it is not followed by another. Silence does
     * not count.
     *
     * @throws AssertionError if two of them sound at once
     */
    static List<Integer> heard(int[] samples, int channels) {
        List<Integer> turns = new ArrayList<>();
        int frame = -1;
        for (int i = 0; i < samples.length; i++) {
            if (samples[i] == 0) {
                continue;
            }
            if (i / channels == frame) {
                throw new AssertionError("two channels sound at once in frame " + frame);
            }
            frame = i / channels;
            int channel = i % channels;
            if (turns.isEmpty() || turns.get(turns.size() - 1) != channel) {
                turns.add(channel);
            }
        }
        return turns;
    }
}
