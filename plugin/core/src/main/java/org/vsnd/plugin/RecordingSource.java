// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.vsnd.spi.PluginException;

/**
 * One of several things that a stream may record from, the option {@code sources}: {@code LABEL=DEVICE}, separated by commas.
 *
 * @param label what the guest is shown: 1..63 printable letters of ASCII, not all of them spaces, none of them a comma or an equals sign
 * @param device in the words of the stream's back end
 */
record RecordingSource(String label, String device) {
    static final String OPTION = "sources";

    private static final int SOURCES_MAX = 32;
    /** ALSA's names may have arguments, {@code hw:CARD=PCH,DEV=0}, which are no labels. */
    private static final String ARGUMENT = "(?:CARD|DEV|SUBDEV|AES\\d)=";

    private static final Pattern SEPARATOR = Pattern.compile(",(?!" + ARGUMENT + ")(?=[^,=]*=)");
    private static final Pattern LABEL = Pattern.compile("(?!" + ARGUMENT + ")(?! *=)[ -+\\--<>-~]{1,63}=.+");

    /** Those of a stream, in the order given; none if there is nothing to choose, as always for one that plays. */
    static List<RecordingSource> of(OfferedStream stream) throws PluginException {
        Options options = stream.options();
        if (stream.name().output()) {
            if (options.isOwn(OPTION)) {
                throw options.wrong(OPTION, "sources to an input: an output records nothing");
            }
            return List.of();
        }
        if (options.string(OPTION).isEmpty()) {
            return List.of();
        }
        if (options.isGiven("host")) {
            throw options.wrong(OPTION, "either that or host." + stream.name().suffix());
        }
        List<RecordingSource> sources = new ArrayList<>();
        for (String word : SEPARATOR.split(options.string(OPTION), -1)) {
            if (!LABEL.matcher(word).matches()) {
                throw options.wrong(
                        OPTION, "LABEL=DEVICE for each, with a label of up to 63 ASCII letters, as in Mic=A,Line=B");
            }
            int equals = word.indexOf('=');
            sources.add(new RecordingSource(
                    word.substring(0, equals).strip(),
                    word.substring(equals + 1).strip()));
        }
        long labels = sources.stream().map(RecordingSource::label).distinct().count();
        if (sources.size() < 2 || sources.size() > SOURCES_MAX || labels < sources.size()) {
            throw options.wrong(
                    OPTION,
                    "2 to " + SOURCES_MAX + " sources with labels that differ, or one as host."
                            + stream.name().suffix() + "=DEVICE");
        }
        return sources;
    }
}
