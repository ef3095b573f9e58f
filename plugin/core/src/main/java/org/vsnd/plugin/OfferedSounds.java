// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.PcmFormat;
import org.vsnd.snd.PcmRate;
import org.vsnd.snd.SoundConfig;
import org.vsnd.snd.StreamInfo;
import org.vsnd.spi.PluginException;

/** Everything the card offers must work: what the host cannot do is refused when the card starts, not in the guest. */
final class OfferedSounds {
    private OfferedSounds() {}

    static void check(SoundConfig sound, AudioBackend backend) throws PluginException {
        for (StreamInfo stream : sound.streams()) {
            if (stream.isOutput() || sound.capture()) {
                check(stream, backend);
            }
        }
    }

    private static void check(StreamInfo stream, AudioBackend backend) throws PluginException {
        for (PcmFormat format : PcmFormat.values()) {
            for (int rate = 0; rate < PcmRate.count(); rate++) {
                int rateHz = PcmRate.hz(rate);
                if ((stream.formats() & StreamInfo.formatBit(format)) == 0
                        || (stream.rates() & StreamInfo.rateBit(rateHz)) == 0) {
                    continue;
                }
                for (int channels : new TreeSet<>(List.of(stream.channelsMin(), stream.channelsMax()))) {
                    Optional<String> refusal = stream.isOutput()
                            ? backend.playbackRefusal(format, rateHz, channels)
                            : backend.captureRefusal(format, rateHz, channels);
                    if (refusal.isPresent()) {
                        throw new PluginException(refusal.get());
                    }
                }
            }
        }
    }
}
