// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.vsnd.snd.JackInfo;
import org.vsnd.snd.JackKind;
import org.vsnd.snd.StreamInfo;
import org.vsnd.spi.PluginException;

/**
 * The option {@code jacks}: {@code KIND:STREAM} with flags, separated by commas. The jacks of one stream are one group, in the
 * order given.
 */
final class JackOptions {
    static final String NONE = "none";

    private static final int JACKS_MAX = 32;
    private static final Pattern STREAM = Pattern.compile("(output|input)(\\d{1,2})");
    private static final String UNPLUGGED = "unplugged";
    private static final String REMAP = "remap";
    private static final String HOST = "host";
    private static final List<String> FLAGS = List.of(UNPLUGGED, REMAP, HOST);

    private JackOptions() {}

    /** @param streams in the order of their ids: outputs before inputs */
    static List<JackInfo> parse(String value, List<StreamInfo> streams) throws PluginException {
        List<JackInfo> jacks = new ArrayList<>();
        if (value.equals(NONE)) {
            return jacks;
        }
        for (String word : value.split(",", -1)) {
            jacks.add(jack(word, streams, jacks));
        }
        if (jacks.size() > JACKS_MAX) {
            throw new PluginException("option jacks has " + jacks.size() + " jacks: give at most " + JACKS_MAX);
        }
        return jacks;
    }

    private static JackInfo jack(String word, List<StreamInfo> streams, List<JackInfo> before) throws PluginException {
        List<String> parts = Arrays.asList(word.split(":", -1));
        JackKind kind = kind(parts.get(0)).orElseThrow(() -> wrong(word, "its kind is one of " + kinds()));
        int stream = parts.size() < 2 ? -1 : stream(parts.get(1), streams);
        if (stream < 0) {
            List<String> suffixes =
                    names(streams).stream().map(StreamName::suffix).toList();
            throw wrong(word, "after the kind comes one of the card's streams, " + suffixes);
        }
        if (kind.isOutput() != streams.get(stream).isOutput()) {
            throw wrong(word, "sound of " + parts.get(1) + " does not pass there");
        }
        Set<String> flags = new LinkedHashSet<>(parts.subList(2, parts.size()));
        if (!FLAGS.containsAll(flags)) {
            throw wrong(word, "after the stream comes nothing, or " + String.join(" or ", FLAGS));
        }
        int association = Math.min(stream + 1, JackInfo.GROUP_MAX);
        long sequence = before.stream()
                .filter(jack -> jack.association() == association)
                .count();
        if (sequence > JackInfo.GROUP_MAX) {
            throw wrong(word, "a stream has at most 16 jacks, and those from the 15th on have 16 together");
        }
        return new JackInfo(
                parts.get(0) + ":" + parts.get(1),
                kind,
                streams.get(stream).functionNid(),
                association,
                (int) sequence,
                flags.contains(REMAP),
                !flags.contains(UNPLUGGED),
                flags.contains(HOST) ? names(streams).get(stream).words() : null);
    }

    private static Optional<JackKind> kind(String word) {
        return Arrays.stream(JackKind.values())
                .filter(kind -> kind.word().equals(word))
                .findFirst();
    }

    /** A stream's id; -1 if there is none. */
    private static int stream(String word, List<StreamInfo> streams) {
        Matcher matcher = STREAM.matcher(word);
        if (!matcher.matches()) {
            return -1;
        }
        int number = Integer.parseInt(matcher.group(2));
        return names(streams).indexOf(new StreamName(matcher.group(1).equals("output"), number));
    }

    private static List<StreamName> names(List<StreamInfo> streams) {
        List<StreamName> names = new ArrayList<>();
        int outputs = 0;
        for (int i = 0; i < streams.size(); i++) {
            if (streams.get(i).isOutput()) {
                names.add(new StreamName(true, outputs++));
            } else {
                names.add(new StreamName(false, i - outputs));
            }
        }
        return names;
    }

    private static String kinds() {
        return Arrays.stream(JackKind.values()).map(JackKind::word).collect(Collectors.joining(", "));
    }

    private static PluginException wrong(String word, String right) {
        return new PluginException("option jacks is wrong at \"" + word + "\": " + right
                + "; write for example jacks=headphone:output0,mic:input0:unplugged");
    }
}
