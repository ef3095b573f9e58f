// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.vsnd.audio.ChannelPosition;
import org.vsnd.snd.ChannelMap;
import org.vsnd.snd.VirtioSnd;
import org.vsnd.spi.PluginException;

/**
 * The option {@code chmaps}. {@code on} is a map for each number of channels from mono to 7.1 that the stream has, in
 * ALSA's order: Linux cannot read the control of a stream with another number of channels. For Haiku it is front left and
 * right alone.
 */
final class ChannelMaps {
    private static final String OPTION = "chmaps";
    private static final String HAIKU = "haiku";
    private static final int MOST_USUAL = 8;

    /** Others are a number of more than 8 bits in its driver, which then does not open the card. */
    private static final Set<ChannelPosition> KNOWN_TO_HAIKU = EnumSet.of(
            ChannelPosition.FL,
            ChannelPosition.FR,
            ChannelPosition.RL,
            ChannelPosition.RR,
            ChannelPosition.FLC,
            ChannelPosition.FRC);

    private final List<OfferedStream> group;
    private final OfferedStream first;

    private ChannelMaps(List<OfferedStream> group) {
        this.group = group;
        first = group.get(0);
    }

    /** The maps of all streams, in the order of the streams. */
    static List<ChannelMap> of(List<OfferedStream> streams) throws PluginException {
        List<ChannelMap> maps = new ArrayList<>();
        List<OfferedStream> done = new ArrayList<>();
        for (OfferedStream stream : streams) {
            if (done.stream().anyMatch(stream::sharesMaps)) {
                continue;
            }
            done.add(stream);
            ChannelMaps group =
                    new ChannelMaps(streams.stream().filter(stream::sharesMaps).toList());
            for (List<ChannelPosition> positions : group.positions()) {
                maps.add(new ChannelMap(
                        stream.info().functionNid(),
                        stream.info().direction(),
                        positions.stream().map(ChannelPosition::number).toList()));
            }
        }
        return maps;
    }

    private Set<List<ChannelPosition>> positions() throws PluginException {
        String text = first.options().string(OPTION);
        for (OfferedStream other : group) {
            if (!other.options().string(OPTION).equals(text)) {
                throw new PluginException(
                        first.name().words() + " and " + other.name().words()
                                + " share the function group " + first.info().functionNid()
                                + ", and with it their channel maps: give both the same " + OPTION + ", or give "
                                + "nid." + other.name().suffix() + " another number");
            }
        }
        return switch (text) {
            case "off" -> Set.of();
            case "on" -> usual();
            default -> listed(text);
        };
    }

    private Set<List<ChannelPosition>> usual() {
        Set<List<ChannelPosition>> maps = new LinkedHashSet<>();
        for (int channels = 1; channels <= MOST_USUAL; channels++) {
            int count = channels;
            if (forHaiku() && count != 2) {
                continue;
            }
            if (group.stream().allMatch(stream -> has(stream, count))) {
                maps.add(ChannelPosition.usual(channels));
            }
        }
        return maps;
    }

    private boolean forHaiku() {
        return first.options().string("profile").equals(HAIKU);
    }

    private static boolean has(OfferedStream stream, int channels) {
        return channels >= stream.info().channelsMin()
                && channels <= stream.info().channelsMax();
    }

    private Set<List<ChannelPosition>> listed(String text) throws PluginException {
        Set<List<ChannelPosition>> maps = new LinkedHashSet<>();
        for (String map : text.split(",", -1)) {
            List<ChannelPosition> positions = parse(map);
            check(map, positions);
            if (!maps.add(positions)) {
                throw refused(map + " is there twice: leave one out");
            }
        }
        return maps;
    }

    private List<ChannelPosition> parse(String map) throws PluginException {
        List<ChannelPosition> positions = new ArrayList<>();
        for (String name : map.split("\\+", -1)) {
            try {
                positions.add(ChannelPosition.valueOf(name));
            } catch (IllegalArgumentException e) {
                throw first.options()
                        .wrong(
                                OPTION,
                                "on, off, or maps such as FL+FR,FL+FR+RL+RR+FC+LFE; the positions are "
                                        + Arrays.stream(ChannelPosition.values())
                                                .map(ChannelPosition::name)
                                                .collect(Collectors.joining(", ")));
            }
        }
        return positions;
    }

    private void check(String map, List<ChannelPosition> positions) throws PluginException {
        int channels = positions.size();
        if (channels > VirtioSnd.VIRTIO_SND_CHMAP_MAX_SIZE) {
            throw refused(map + " has " + channels + " channels, and a map has at most "
                    + VirtioSnd.VIRTIO_SND_CHMAP_MAX_SIZE);
        }
        for (OfferedStream stream : group) {
            if (!has(stream, channels)) {
                throw refused(map + " has " + channels + " channels, and "
                        + stream.name().words() + " has "
                        + stream.info().channelsMin() + " to " + stream.info().channelsMax()
                        + ", or drivers would refuse the card: give other channels, or another map");
            }
        }
        if (channels > 1 && positions.contains(ChannelPosition.MONO)) {
            throw refused("MONO is the only channel of a map that has it, and " + map + " has " + channels);
        }
        Set<ChannelPosition> seen = EnumSet.noneOf(ChannelPosition.class);
        for (ChannelPosition position : positions) {
            boolean named = position != ChannelPosition.NONE && position != ChannelPosition.NA;
            if (named && !seen.add(position)) {
                throw refused(map + " has " + position + " twice: a position is for one channel");
            }
            if (forHaiku() && !KNOWN_TO_HAIKU.contains(position)) {
                throw refused("Haiku does not open a card with " + position + ": with profile=haiku give only "
                        + "FL, FR, RL, RR, FLC and FRC");
            }
        }
    }

    private PluginException refused(String why) {
        return new PluginException("option " + OPTION + " of " + first.name().words() + " is wrong: " + why);
    }
}
