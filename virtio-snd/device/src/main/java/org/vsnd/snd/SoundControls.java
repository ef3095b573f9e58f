// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;
import java.util.Set;

/**
 * The control elements that a card offers, fixed for its life. A card that offers none does not offer VIRTIO_SND_F_CTLS.
 *
 * @param streams what may be controlled of each stream, in the order of their ids; of those beyond the list nothing may
 * @param sources what each stream may be recorded from, in the order of their ids, by the words that the guest is shown; none where
 *     there is nothing to choose
 * @param others further elements, which come after those of the streams and act on nothing
 * @param volume who makes streams as loud as their elements say, whether or not they are offered
 */
public record SoundControls(
        List<Set<StreamControl>> streams, List<List<String>> sources, List<ControlInfo> others, VolumeRule volume) {
    /** No control elements. */
    public static final SoundControls NONE = new SoundControls(List.of(), List.of(), VolumeRule.CARD);

    public SoundControls {
        streams = streams.stream().map(Set::copyOf).toList();
        sources = sources.stream().map(List::copyOf).toList();
        others = List.copyOf(others);
    }

    /** The same without sources to choose from. */
    public SoundControls(List<Set<StreamControl>> streams, List<ControlInfo> others, VolumeRule volume) {
        this(streams, List.of(), others, volume);
    }

    /** Whether something of a stream may be controlled, if there is something to control. */
    boolean offers(int stream, StreamControl control) {
        return stream < streams.size() && streams.get(stream).contains(control);
    }

    /** What a stream may be recorded from; none if there is nothing to choose. */
    List<String> sourcesOf(int stream) {
        return stream < sources.size() ? sources.get(stream) : List.of();
    }
}
