// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.vsnd.audio.PcmFormat;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * A snapshot's description of its card: the options that decide how a device behaves, as text, so that differences to
 * another card can be named. The back end is not among them, since it may differ.
 */
final class CardDescription {
    private record Option(String name, String value) {}

    private CardDescription() {}

    static void save(SoundConfig config, SnapshotWriter out) {
        for (Option option : options(config)) {
            out.text(option.value);
        }
    }

    /** Refuses the snapshot of a card with other options. */
    static void check(SoundConfig config, SnapshotReader in) throws SnapshotException {
        for (Option option : options(config)) {
            in.requireOption(option.name, in.text(option.name), option.value);
        }
    }

    /** The numbers of streams come first: if they agree, so does the number of options. */
    private static List<Option> options(SoundConfig config) {
        List<Option> options = new ArrayList<>();
        long outputs = config.streams().stream().filter(StreamInfo::isOutput).count();
        options.add(new Option("outputs", String.valueOf(outputs)));
        options.add(new Option("inputs", String.valueOf(config.streams().size() - outputs)));
        options.add(new Option("completion", word(config.rules().completion())));
        options.add(new Option("exchange", word(config.rules().exchange())));
        options.add(new Option("target", config.rules().targetNanos() + "ns"));
        options.add(new Option("capture", word(config.rules().capture())));
        options.add(new Option("stop", word(config.rules().stop())));
        options.add(new Option("strict", word(config.rules().strict())));
        options.add(new Option("header", String.valueOf(config.rules().headerBytes())));
        for (StreamInfo stream : config.streams()) {
            options.add(new Option("formats", formats(stream.formats())));
            options.add(new Option("rates", rates(stream.rates())));
            options.add(new Option("channels", stream.channelsMin() + "-" + stream.channelsMax()));
            options.add(new Option("features", features(stream.features())));
            options.add(new Option("streams", stream.direction() + ":" + stream.functionNid()));
        }
        options.add(new Option("chmaps", chmaps(config.channelMaps())));
        for (int stream = 0; stream < config.streams().size(); stream++) {
            options.add(new Option("controls", controls(config.controls(), stream)));
        }
        options.add(new Option("controls", others(config.controls())));
        options.add(new Option("jacks", jacks(config.jacks())));
        return options;
    }

    private static String word(boolean on) {
        return on ? "on" : "off";
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String formats(long bits) {
        List<String> names = new ArrayList<>();
        for (PcmFormat format : PcmFormat.values()) {
            if ((bits & StreamInfo.formatBit(format)) != 0) {
                names.add(format.name());
            }
        }
        return String.join(",", names);
    }

    private static String rates(long bits) {
        List<String> hz = new ArrayList<>();
        for (int rate = 0; rate < PcmRate.count(); rate++) {
            if ((bits & 1L << rate) != 0) {
                hz.add(String.valueOf(PcmRate.hz(rate)));
            }
        }
        return String.join(",", hz);
    }

    private static String features(int bits) {
        List<String> names = new ArrayList<>();
        if ((bits & StreamInfo.EVT_XRUNS) != 0) {
            names.add("xruns");
        }
        if ((bits & StreamInfo.MSG_POLLING) != 0) {
            names.add("polling");
        }
        return names.isEmpty() ? "none" : String.join(",", names);
    }

    private static String controls(SoundControls controls, int stream) {
        List<String> names = new ArrayList<>();
        for (StreamControl control : StreamControl.values()) {
            if (controls.offers(stream, control) && control != StreamControl.SOURCE) {
                names.add(word(control));
            }
        }
        String sources = String.join(",", controls.sourcesOf(stream));
        String said = names.isEmpty() ? "off" : String.join(",", names);
        if (sources.isEmpty()) {
            return said;
        }
        return said
                + (controls.offers(stream, StreamControl.SOURCE) ? ", source of " : ", hidden source of ")
                + sources;
    }

    private static String others(SoundControls controls) {
        List<String> names = new ArrayList<>();
        for (ControlInfo info : controls.others()) {
            names.add(info.type() + "*" + info.count() + " " + info.access() + " " + info.index() + " " + info.name());
        }
        return names.isEmpty() ? "off" : String.join(", ", names);
    }

    private static String chmaps(List<ChannelMap> maps) {
        List<String> texts = new ArrayList<>();
        for (ChannelMap map : maps) {
            texts.add(map.functionNid() + ":" + map.direction() + ":" + map.positions());
        }
        return texts.isEmpty() ? "off" : String.join(" ", texts);
    }

    /** What is plugged in is not among them: it is part of the state. */
    private static String jacks(List<JackInfo> jacks) {
        List<String> texts = new ArrayList<>();
        for (JackInfo jack : jacks) {
            texts.add(jack.name() + (jack.remappable() ? ":remap" : "") + (jack.follows() == null ? "" : ":host"));
        }
        return texts.isEmpty() ? "none" : String.join(",", texts);
    }
}
