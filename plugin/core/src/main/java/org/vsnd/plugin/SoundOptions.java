// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.vsnd.plugin.load.PluginDescriptor;
import org.vsnd.snd.CompletionPolicy;
import org.vsnd.snd.ExchangeRule;
import org.vsnd.snd.SoundConfig;
import org.vsnd.snd.StopRule;
import org.vsnd.spi.PluginException;

/**
 * The operator's options as the device needs them.
 *
 * @param backend as written, for {@link StreamHosts}
 * @param msixVectors 0 for INTx only
 * @param streams outputs before inputs, as in QEMU
 */
record SoundOptions(String backend, int msixVectors, List<OfferedStream> streams, SoundConfig sound) {
    static SoundOptions parse(PluginDescriptor descriptor, Map<String, String> given) throws PluginException {
        Options read = new Options(descriptor.options(), given);
        Options options = read.withDefaults(Profiles.defaults(read.choice("profile")));
        int outputs = options.integer("outputs");
        int inputs = options.integer("inputs");
        if (outputs + inputs == 0) {
            throw new PluginException("outputs=0 and inputs=0 leave a card without streams: give at least one");
        }
        options.requireStreams(outputs, inputs);
        int msixVectors = options.integer("msix");
        if (msixVectors == 1) {
            throw new PluginException("option msix=1 is wrong: give 0 for INTx only, or 2 or more");
        }
        List<OfferedStream> streams = new ArrayList<>();
        for (int i = 0; i < outputs + inputs; i++) {
            boolean output = i < outputs;
            streams.add(OfferedStream.of(new StreamName(output, output ? i : i - outputs), options));
        }
        return new SoundOptions(options.string("backend"), msixVectors, streams, sound(options, streams));
    }

    private static SoundConfig sound(Options options, List<OfferedStream> streams) throws PluginException {
        return new SoundConfig(
                streams.stream().map(OfferedStream::info).toList(),
                ChannelMaps.of(streams),
                CompletionPolicy.valueOf(options.choice("completion").toUpperCase(Locale.ROOT)),
                ExchangeRule.valueOf(options.choice("exchange").toUpperCase(Locale.ROOT)),
                options.durationNanos("target"),
                options.isOn("capture"),
                StopRule.valueOf(options.choice("stop").toUpperCase(Locale.ROOT)),
                options.isOn("strict"),
                Integer.parseInt(options.choice("header")));
    }

    /** The same with other streams. */
    SoundOptions with(List<OfferedStream> others) throws PluginException {
        return new SoundOptions(
                backend, msixVectors, List.copyOf(others), sound(others.get(0).options(), others));
    }
}
