// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.List;
import org.vsnd.audio.PcmFormat;
import org.vsnd.snd.StreamInfo;
import org.vsnd.snd.VirtioSnd;
import org.vsnd.spi.PluginException;

/**
 * A stream, and what the operator said of it.
 *
 * @param info what the guest is offered
 * @param options of this stream
 */
record OfferedStream(StreamName name, StreamInfo info, Options options) {
    /** As the options have it. A pair of streams shares a function group, so that it is one device in the guest. */
    static OfferedStream of(StreamName name, Options all) throws PluginException {
        Options options = all.of(name);
        long formats = 0;
        for (String format : options.list("formats")) {
            formats |= StreamInfo.formatBit(PcmFormat.valueOf(format));
        }
        long rates = 0;
        for (String hz : options.list("rates")) {
            rates |= StreamInfo.rateBit(Integer.parseInt(hz));
        }
        Options.Range channels = options.range("channels");
        StreamInfo info = new StreamInfo(
                options.isGiven("nid") ? options.integer("nid") : name.number(),
                name.output() ? VirtioSnd.VIRTIO_SND_D_OUTPUT : VirtioSnd.VIRTIO_SND_D_INPUT,
                formats,
                rates,
                channels.low(),
                channels.high(),
                features(options));
        return new OfferedStream(name, info, options);
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

    /** The same with less on offer. */
    OfferedStream with(long formats, long rates, int channelsMin, int channelsMax) {
        return new OfferedStream(
                name,
                new StreamInfo(
                        info.functionNid(),
                        info.direction(),
                        formats,
                        rates,
                        channelsMin,
                        channelsMax,
                        info.features()),
                options);
    }

    /** What it may record from; none if there is nothing to choose. */
    List<RecordingSource> sources() throws PluginException {
        return RecordingSource.of(this);
    }

    /** Whether both have the same channel maps: those of a function group and a direction. */
    boolean sharesMaps(OfferedStream other) {
        return info.functionNid() == other.info.functionNid() && info.direction() == other.info.direction();
    }

    /** The name by which host audio knows the stream. */
    String hostName() {
        String given = options.string("name");
        return given.isEmpty() ? name.words() : given;
    }
}
