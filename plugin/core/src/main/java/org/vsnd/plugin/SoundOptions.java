// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.vsnd.audio.PcmFormat;
import org.vsnd.plugin.load.PluginDescriptor;
import org.vsnd.snd.ChannelMap;
import org.vsnd.snd.CompletionPolicy;
import org.vsnd.snd.ExchangeRule;
import org.vsnd.snd.SoundConfig;
import org.vsnd.snd.SoundControls;
import org.vsnd.snd.StopRule;
import org.vsnd.snd.StreamControl;
import org.vsnd.snd.StreamInfo;
import org.vsnd.snd.VirtioSnd;
import org.vsnd.spi.PluginException;

/**
 * The operator's options as the device needs them.
 *
 * @param backend as written, for {@link HostAudio}
 * @param msixVectors 0 for INTx only
 * @param features virtio's, that a PCI card offers besides what every driver gets
 */
record SoundOptions(String backend, int msixVectors, long features, SoundConfig sound) {
    static SoundOptions parse(PluginDescriptor descriptor, Map<String, String> given) throws PluginException {
        Options options = new Options(descriptor.options(), given);
        options.useDefaults(Profiles.defaults(options.choice("profile")));
        int outputs = options.integer("outputs");
        int inputs = options.integer("inputs");
        if (outputs + inputs == 0) {
            throw new PluginException("outputs=0 and inputs=0 leave a card without streams: give at least one");
        }
        int msixVectors = options.integer("msix");
        if (msixVectors == 1) {
            throw new PluginException("option msix=1 is wrong: give 0 for INTx only, or 2 or more");
        }
        List<StreamInfo> streams = streams(options, outputs, inputs);
        SoundConfig sound = new SoundConfig(
                        streams,
                        channelMaps(options, outputs, inputs),
                        CompletionPolicy.valueOf(options.choice("completion").toUpperCase(Locale.ROOT)),
                        ExchangeRule.valueOf(options.choice("exchange").toUpperCase(Locale.ROOT)),
                        options.durationNanos("target"),
                        options.isOn("capture"),
                        StopRule.valueOf(options.choice("stop").toUpperCase(Locale.ROOT)),
                        options.isOn("strict"),
                        Integer.parseInt(options.choice("header")))
                .withJacks(JackOptions.parse(options.string("jacks"), streams))
                .withControls(controls(options, streams.size()));
        long features = OfferedFeatures.parse(options, outputs, inputs);
        return new SoundOptions(options.string("backend"), msixVectors, features, sound);
    }

    private static SoundControls controls(Options options, int streams) throws PluginException {
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
            throw new PluginException("option controls=" + String.join(",", names)
                    + " is wrong: give auto, on or off alone, or volume,mute");
        }
        return new SoundControls(Collections.nCopies(streams, chosen), List.of());
    }

    /** Outputs before inputs, as in QEMU. A pair shares a function group, so that it is one device in the guest. */
    private static List<StreamInfo> streams(Options options, int outputs, int inputs) throws PluginException {
        long formats = 0;
        for (String name : options.list("formats")) {
            formats |= StreamInfo.formatBit(PcmFormat.valueOf(name));
        }
        long rates = 0;
        for (String hz : options.list("rates")) {
            rates |= StreamInfo.rateBit(Integer.parseInt(hz));
        }
        Options.Range channels = options.range("channels");
        List<StreamInfo> streams = new ArrayList<>();
        for (int i = 0; i < outputs + inputs; i++) {
            boolean output = i < outputs;
            streams.add(new StreamInfo(
                    output ? i : i - outputs,
                    output ? VirtioSnd.VIRTIO_SND_D_OUTPUT : VirtioSnd.VIRTIO_SND_D_INPUT,
                    formats,
                    rates,
                    channels.low(),
                    channels.high(),
                    features(options)));
        }
        return streams;
    }

    private static int features(Options options) throws PluginException {
        int features = 0;
        for (String name : options.list("features")) {
            features |= switch (name) {
                case "xruns" -> StreamInfo.EVT_XRUNS;
                case "polling" -> StreamInfo.MSG_POLLING;
                default -> 0;
            };
        }
        return features;
    }

    /** One FL/FR map per stream where stereo is offered; with any other position Haiku does not open the card. */
    private static List<ChannelMap> channelMaps(Options options, int outputs, int inputs) throws PluginException {
        List<ChannelMap> maps = new ArrayList<>();
        Options.Range channels = options.range("channels");
        if (!options.isOn("chmaps") || channels.low() > 2 || channels.high() < 2) {
            return maps;
        }
        List<Integer> stereo = List.of(VirtioSnd.VIRTIO_SND_CHMAP_FL, VirtioSnd.VIRTIO_SND_CHMAP_FR);
        for (int i = 0; i < outputs; i++) {
            maps.add(new ChannelMap(i, VirtioSnd.VIRTIO_SND_D_OUTPUT, stereo));
        }
        for (int i = 0; i < inputs; i++) {
            maps.add(new ChannelMap(i, VirtioSnd.VIRTIO_SND_D_INPUT, stereo));
        }
        return maps;
    }
}
