// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;
import java.util.Set;

/**
 * The control elements that a card offers, fixed for its life. A card that offers none does not offer VIRTIO_SND_F_CTLS.
 *
 * @param streams what may be controlled of each stream, in the order of their ids; of those beyond the list nothing may
 * @param others further elements, which come after those of the streams and act on nothing
 * @param volume who makes streams as loud as their elements say, whether or not they are offered
 */
public record SoundControls(List<Set<StreamControl>> streams, List<ControlInfo> others, VolumeRule volume) {
    /** No control elements. */
    public static final SoundControls NONE = new SoundControls(List.of(), List.of(), VolumeRule.CARD);

    public SoundControls {
        streams = streams.stream().map(Set::copyOf).toList();
        others = List.copyOf(others);
    }

    /** Whether something of a stream may be controlled. */
    boolean offers(int stream, StreamControl control) {
        return stream < streams.size() && streams.get(stream).contains(control);
    }
}
