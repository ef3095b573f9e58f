// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.vsnd.audio.PcmFormat;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.card.TracedCard;

/**
 * How this card must be made so that the guest of a trace finds what it found there: the same streams, vectors, formats,
 * rates and channels.
 *
 * @param options of the plugin
 * @param headerBytes before the sound in a message
 * @param streams which stream is which
 */
record ReplaySetup(Map<String, String> options, int headerBytes, StreamMap streams) {
    private static final int MAX_STREAMS = 32;
    private static final int MAX_CHANNELS = 18;

    /** Where the trace says nothing, the card is as it is by default. */
    static ReplaySetup of(TracedCard card, String file) throws TraceException {
        Map<String, String> options = new LinkedHashMap<>();
        StreamMap streams = streams(card, file);
        options.put("outputs", String.valueOf(streams.outputCount()));
        options.put("inputs", String.valueOf(streams.count() - streams.outputCount()));
        int vectors = card.layout().msixVectors();
        options.put("msix", vectors == 1 ? "0" : String.valueOf(vectors)); // with one a guest takes INTx
        boolean told = !card.streams().isEmpty(); // else what the guest has set must do
        long formats = told ? 0 : card.formatsSet();
        long rates = told ? 0 : card.ratesSet();
        int lowest = MAX_CHANNELS;
        int highest = told ? 0 : Math.min(card.channelsSet(), MAX_CHANNELS);
        for (PcmInfo info : card.streams().values()) {
            formats |= info.formats();
            rates |= info.rates();
            lowest = Math.min(lowest, Math.max(info.channelsMin(), 1));
            highest = Math.max(highest, Math.min(info.channelsMax(), MAX_CHANNELS));
        }
        put(options, "formats", formatNames(formats));
        put(options, "rates", rateNames(rates));
        if (highest > 0) {
            options.put("channels", Math.min(lowest, highest) + "-" + highest);
        }
        putChannels(options, card);
        card.chmaps().ifPresent(count -> options.put("chmaps", count == 0 ? "off" : "on"));
        if (card.headerBytes() != SndWire.XFER_BYTES) {
            options.put("header", String.valueOf(card.headerBytes()));
        }
        return new ReplaySetup(Map.copyOf(options), card.headerBytes(), streams);
    }

    /** Those of streams that have others than the card. */
    private static void putChannels(Map<String, String> options, TracedCard card) {
        int outputs = 0;
        int inputs = 0;
        for (PcmInfo info : new TreeMap<>(card.streams()).values()) {
            String name = info.isOutput() ? "output" + outputs++ : "input" + inputs++;
            int least = Math.max(info.channelsMin(), 1);
            int most = Math.max(least, Math.min(info.channelsMax(), MAX_CHANNELS));
            String channels = least + "-" + most;
            if (!channels.equals(options.get("channels")) && most <= MAX_CHANNELS) {
                options.put("channels." + name, channels);
            }
        }
    }

    private static void put(Map<String, String> options, String name, String list) {
        if (!list.isEmpty()) {
            options.put(name, list);
        }
    }

    private static StreamMap streams(TracedCard card, String file) throws TraceException {
        int known =
                card.streams().keySet().stream().mapToInt(id -> id + 1).max().orElse(0);
        long count = Math.max(card.streamCount().orElse(2L), known);
        if (count < 1 || count > 2 * MAX_STREAMS) {
            throw new TraceException(
                    file + ": its card has " + count + " streams; 1 to " + 2 * MAX_STREAMS + " can be replayed");
        }
        List<Boolean> outputs = new ArrayList<>();
        for (int id = 0; id < count; id++) {
            PcmInfo info = card.streams().get(id);
            outputs.add(info == null ? id == 0 || id < count / 2 : info.isOutput());
        }
        StreamMap map = new StreamMap(outputs);
        if (map.outputCount() > MAX_STREAMS || map.count() - map.outputCount() > MAX_STREAMS) {
            throw new TraceException(file + ": its card has " + map.outputCount() + " outputs and "
                    + (map.count() - map.outputCount()) + " inputs; " + MAX_STREAMS + " of each can be replayed");
        }
        return map;
    }

    private static String formatNames(long mask) {
        PcmFormat[] formats = PcmFormat.values();
        return IntStream.range(0, formats.length)
                .filter(bit -> ((mask >>> bit) & 1) != 0 && formats[bit] != PcmFormat.IMA_ADPCM)
                .mapToObj(bit -> formats[bit].name())
                .collect(Collectors.joining(","));
    }

    private static String rateNames(long mask) {
        return IntStream.range(0, StreamSetup.rateCount())
                .filter(bit -> ((mask >>> bit) & 1) != 0)
                .mapToObj(bit -> String.valueOf(new StreamSetup(0, bit, 1, 1, 1).rateHz()))
                .collect(Collectors.joining(","));
    }
}
