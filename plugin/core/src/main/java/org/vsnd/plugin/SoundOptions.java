// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.vsnd.plugin.load.PluginDescriptor;
import org.vsnd.snd.CompletionPolicy;
import org.vsnd.snd.ExchangeRule;
import org.vsnd.snd.SoundConfig;
import org.vsnd.snd.SoundControls;
import org.vsnd.snd.StopRule;
import org.vsnd.snd.StreamControl;
import org.vsnd.snd.StreamInfo;
import org.vsnd.snd.StreamRules;
import org.vsnd.snd.VolumeRule;
import org.vsnd.spi.PluginException;

/**
 * The operator's options as the device needs them.
 *
 * @param backend as written, for {@link StreamHosts}
 * @param msixVectors 0 for INTx only
 * @param features virtio's, that a PCI card offers besides what every driver gets
 * @param streams outputs before inputs, as in QEMU
 */
record SoundOptions(String backend, int msixVectors, long features, List<OfferedStream> streams, SoundConfig sound) {
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
        long features = OfferedFeatures.parse(options, outputs, inputs);
        return new SoundOptions(options.string("backend"), msixVectors, features, streams, sound(options, streams));
    }

    private static SoundConfig sound(Options options, List<OfferedStream> streams) throws PluginException {
        List<StreamInfo> infos = streams.stream().map(OfferedStream::info).toList();
        StreamRules rules = new StreamRules(
                CompletionPolicy.valueOf(options.choice("completion").toUpperCase(Locale.ROOT)),
                ExchangeRule.valueOf(options.choice("exchange").toUpperCase(Locale.ROOT)),
                options.durationNanos("target"),
                options.isOn("capture"),
                StopRule.valueOf(options.choice("stop").toUpperCase(Locale.ROOT)),
                options.isOn("strict"),
                Integer.parseInt(options.choice("header")));
        return new SoundConfig(infos, ChannelMaps.of(streams), rules)
                .withJacks(JackOptions.parse(options.string("jacks"), infos))
                .withControls(controls(options, streams));
    }

    private static SoundControls controls(Options options, List<OfferedStream> streams) throws PluginException {
        List<Set<StreamControl>> controls = new ArrayList<>();
        List<List<String>> sources = new ArrayList<>();
        for (OfferedStream stream : streams) {
            controls.add(controls(stream.options()));
            sources.add(stream.sources().stream().map(RecordingSource::label).toList());
        }
        VolumeRule rule = VolumeRule.valueOf(options.choice("volume").toUpperCase(Locale.ROOT));
        return new SoundControls(controls, sources, List.of(), rule);
    }

    private static Set<StreamControl> controls(Options options) throws PluginException {
        List<String> names = options.list("controls");
        Set<StreamControl> chosen = EnumSet.noneOf(StreamControl.class);
        if (names.contains("on") || names.contains("auto")) {
            chosen.addAll(EnumSet.allOf(StreamControl.class));
        }
        for (StreamControl control : StreamControl.values()) {
            if (names.contains(control.name().toLowerCase(Locale.ROOT))) {
                chosen.add(control);
            }
        }
        if (names.size() > 1 && !Collections.disjoint(names, List.of("auto", "on", "off"))) {
            throw options.wrong("controls", "auto, on or off alone, or some of volume,mute,source");
        }
        return chosen;
    }

    /** The same with other streams. */
    SoundOptions with(List<OfferedStream> others) throws PluginException {
        return new SoundOptions(
                backend,
                msixVectors,
                features,
                List.copyOf(others),
                sound(others.get(0).options(), others));
    }
}
