// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.vsnd.snd.JackInfo;
import org.vsnd.snd.SoundDevice;
import org.vsnd.snd.StreamLevel;
import org.vsnd.snd.StreamStatistics;
import org.vsnd.spi.PluginException;

/** What an operator can do with a card, by the first word of the command. Device thread only, except construction. */
final class CardOperations {
    private static final String NAME = "name";
    private static final String SOURCE = "source";
    private static final double LEAST_DECIBELS = -60;

    private final SoundDevice device;
    private final OperatorChanges changes;
    private final List<JackInfo> jacks;
    private final Map<String, Operation> byWord = new LinkedHashMap<>();

    /** What one first word stands for. */
    private interface Operation {
        /** @param words those after the first */
        Map<String, Object> carryOut(List<String> words) throws PluginException;
    }

    /** @param jacks those of the device, in the order of their ids */
    CardOperations(SoundDevice device, OperatorChanges changes, List<JackInfo> jacks) {
        this.device = device;
        this.changes = changes;
        this.jacks = jacks;
        byWord.put("streams", this::streams);
        byWord.put("jacks", this::jacks);
        byWord.put("jack", this::jack);
        byWord.put("volume", this::volume);
        byWord.put("mute", words -> mute("mute", words, true));
        byWord.put("unmute", words -> mute("unmute", words, false));
        byWord.put(SOURCE, this::source);
    }

    /**
     * Carries out a command.
     *
     * @throws PluginException with a sentence, if it is none; nothing has changed then
     */
    Map<String, Object> carryOut(List<String> words) throws PluginException {
        Operation operation = words.isEmpty() ? null : byWord.get(words.get(0));
        if (operation == null) {
            throw new PluginException((words.isEmpty() ? "no command" : "no command " + words.get(0)) + ": there are "
                    + String.join(", ", byWord.keySet()));
        }
        return operation.carryOut(words.subList(1, words.size()));
    }

    private Map<String, Object> streams(List<String> words) throws PluginException {
        require(words.isEmpty(), "streams takes nothing more");
        List<Map<String, Object>> list = new ArrayList<>();
        List<StreamStatistics> streams = device.statistics();
        for (int stream = 0; stream < streams.size(); stream++) {
            StreamStatistics statistics = streams.get(stream);
            Map<String, Object> one = new LinkedHashMap<>();
            one.put(NAME, word(statistics));
            one.put("state", statistics.state().name().toLowerCase(Locale.ROOT));
            one.put("rate_hz", statistics.rateHz());
            one.put("frames", statistics.frames());
            one.put("xruns", statistics.xruns());
            one.putAll(level(stream));
            if (!device.sources(stream).isEmpty()) {
                one.put(SOURCE, device.sources(stream).get(device.source(stream)));
            }
            list.add(one);
        }
        return Map.of("streams", list);
    }

    /** What is silent has no decibels: there is no such number in JSON. */
    private Map<String, Object> level(int stream) {
        StreamLevel level = device.level(stream);
        return Map.of(
                "volume_db",
                level.decibels().stream()
                        .map(each -> each.isInfinite() ? "silent" : each)
                        .toList(),
                "muted",
                level.muted());
    }

    private Map<String, Object> jacks(List<String> words) throws PluginException {
        require(words.isEmpty(), "jacks takes nothing more: plug and unplug are jack plug ID and jack unplug ID");
        List<Map<String, Object>> list = new ArrayList<>();
        List<Boolean> plugged = device.arePlugged();
        for (int id = 0; id < jacks.size(); id++) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", id);
            one.put(NAME, jacks.get(id).name());
            one.put("plugged", plugged.get(id));
            list.add(one);
        }
        return Map.of("jacks", list);
    }

    private Map<String, Object> jack(List<String> words) throws PluginException {
        boolean plug = words.size() == 2 && words.get(0).equals("plug");
        require(plug || (words.size() == 2 && words.get(0).equals("unplug")), "write jack plug ID or jack unplug ID");
        changes.plug(jackId(words.get(1)), plug);
        return Map.of();
    }

    /** An id, or a name that one jack alone has. */
    private int jackId(String word) throws PluginException {
        List<Integer> found = new ArrayList<>();
        for (int id = 0; id < jacks.size(); id++) {
            if (word.equals(String.valueOf(id)) || word.equals(jacks.get(id).name())) {
                found.add(id);
            }
        }
        require(
                found.size() == 1,
                "there is no single jack " + word + ": "
                        + (jacks.isEmpty()
                                ? "the card has none, give it some with --set jacks=KIND:STREAM"
                                : "vsnd ctl jacks names them"));
        return found.get(0);
    }

    private Map<String, Object> volume(List<String> words) throws PluginException {
        require(words.size() == 2, "write volume STREAM DECIBELS, for example volume output0 -6");
        int stream = stream(words.get(0));
        changes.setVolume(stream, decibels(words.get(1)));
        return level(stream);
    }

    /** From -60 to 0, by themselves or with {@code dB}; or {@code silent}. */
    private static double decibels(String word) throws PluginException {
        if (word.equals("silent")) {
            return Double.NEGATIVE_INFINITY;
        }
        try {
            double decibels = Double.parseDouble(word.replaceFirst("(?i)db$", ""));
            if (decibels <= 0 && decibels >= LEAST_DECIBELS) {
                return decibels;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new PluginException("a volume is from -60 to 0 decibels, or silent: not " + word);
    }

    private Map<String, Object> mute(String word, List<String> words, boolean muted) throws PluginException {
        require(words.size() == 1, "write " + word + " STREAM, for example " + word + " output0");
        int stream = stream(words.get(0));
        changes.setMuted(stream, muted);
        return level(stream);
    }

    private Map<String, Object> source(List<String> words) throws PluginException {
        if (words.isEmpty()) {
            List<Map<String, Object>> list = new ArrayList<>();
            List<StreamStatistics> streams = device.statistics();
            for (int stream = 0; stream < streams.size(); stream++) {
                if (!device.sources(stream).isEmpty()) {
                    Map<String, Object> one = new LinkedHashMap<>();
                    one.put(NAME, word(streams.get(stream)));
                    one.putAll(source(stream));
                    list.add(one);
                }
            }
            return Map.of("streams", list);
        }
        int stream = stream(words.get(0));
        List<String> sources = device.sources(stream);
        require(
                !sources.isEmpty(),
                words.get(0) + " has nothing to choose: give an input sources with --set sources=LABEL=DEVICE,...");
        if (words.size() > 1) {
            String label = String.join(" ", words.subList(1, words.size()));
            require(
                    sources.contains(label),
                    words.get(0) + " has no source " + label + ": there are " + String.join(", ", sources));
            changes.setSource(stream, sources.indexOf(label));
        }
        return source(stream);
    }

    private Map<String, Object> source(int stream) {
        List<String> sources = device.sources(stream);
        Map<String, Object> one = new LinkedHashMap<>();
        one.put(SOURCE, sources.get(device.source(stream)));
        one.put("sources", sources);
        return one;
    }

    private int stream(String word) throws PluginException {
        List<String> names =
                device.statistics().stream().map(CardOperations::word).toList();
        require(
                names.contains(word),
                "there is no stream " + word + ": there are " + names.stream().collect(Collectors.joining(", ")));
        return names.indexOf(word);
    }

    /** As options name a stream. */
    private static String word(StreamStatistics stream) {
        return stream.name().replace(" ", "");
    }

    private static void require(boolean right, String sentence) throws PluginException {
        if (!right) {
            throw new PluginException(sentence);
        }
    }
}
