// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.HostVolume;

/**
 * The control elements that each stream has, whether or not the driver is offered them: volume and switch, with a member for
 * each channel, and what it is recorded from if there are several sources. They have the names by which Linux's mixers find them: Master
 * if it is the only playback stream of the card, else PCM; and Capture.
 *
 * <p>Device thread only; allocates nothing once it is made.
 */
final class StreamElements {
    private static final int READ_WRITE = ControlInfo.ACCESS_READ | ControlInfo.ACCESS_WRITE;

    final ControlInfo volumeInfo;
    final ControlInfo switchInfo;
    private final StreamVolume to;
    private final int channels;
    private final List<String> sources;
    private final @Nullable ControlInfo sourceInfo;
    private final IntConsumer toSource;
    private boolean fromHost;
    private ControlElement volume;
    private ControlElement sound;
    private @Nullable ControlElement source;

    /**
     * @param stream the stream
     * @param number its number among those of its direction
     * @param only whether it is the only one of its direction
     * @param to makes it so
     * @param sources to choose from; none if there is nothing to choose
     * @param toSource takes the number of the one that is chosen
     */
    StreamElements(
            StreamInfo stream, int number, boolean only, StreamVolume to, List<String> sources, IntConsumer toSource) {
        this.sources = sources;
        this.toSource = toSource;
        this.to = to;
        channels = stream.channelsMax();
        String name = stream.isOutput() ? (only ? "Master Playback " : "PCM Playback ") : "Capture ";
        volumeInfo = new ControlInfo(
                stream.functionNid(),
                VirtioSnd.VIRTIO_SND_CTL_ROLE_VOLUME,
                stream.direction(),
                VolumeScale.type(),
                READ_WRITE | ControlInfo.ACCESS_TLV_READ,
                stream.channelsMax(),
                number,
                name + "Volume",
                VolumeScale.UNITY,
                VolumeScale.tlv());
        switchInfo = new ControlInfo(
                stream.functionNid(),
                VirtioSnd.VIRTIO_SND_CTL_ROLE_MUTE,
                stream.direction(),
                new ControlType.BooleanType(),
                READ_WRITE,
                stream.channelsMax(),
                number,
                name + "Switch",
                1,
                null);
        sourceInfo = sources.isEmpty() ? null : sourceInfo(stream, number, name, sources);
        volume = new ControlElement(volumeInfo, ControlElement.HIDDEN, this::act);
        sound = new ControlElement(switchInfo, ControlElement.HIDDEN, this::act);
        source = sourceElement(ControlElement.HIDDEN);
    }

    /** The specification has no role for it. */
    private static ControlInfo sourceInfo(StreamInfo stream, int number, String name, List<String> sources) {
        return new ControlInfo(
                stream.functionNid(),
                VirtioSnd.VIRTIO_SND_CTL_ROLE_UNDEFINED,
                stream.direction(),
                new ControlType.EnumeratedType(sources),
                READ_WRITE,
                1,
                number,
                name + "Source",
                0,
                null);
    }

    private @Nullable ControlElement sourceElement(int id) {
        return sourceInfo == null ? null : new ControlElement(sourceInfo, id, () -> toSource.accept(sourceNumber()));
    }

    /** Makes one of the elements known to drivers by this id; null if the stream has no such element. */
    @Nullable
    ControlElement offer(StreamControl control, int id) {
        switch (control) {
            case VOLUME -> volume = new ControlElement(volumeInfo, id, this::act);
            case MUTE -> sound = new ControlElement(switchInfo, id, this::act);
            case SOURCE -> source = sourceElement(id);
        }
        return switch (control) {
            case VOLUME -> volume;
            case MUTE -> sound;
            case SOURCE -> source;
        };
    }

    /** In the order of snapshots. */
    List<ControlElement> all() {
        List<ControlElement> all = new ArrayList<>(List.of(volume, sound));
        if (source != null) {
            all.add(source);
        }
        return all;
    }

    /** What the stream may be recorded from; none if there is nothing to choose. */
    List<String> sources() {
        return sources;
    }

    /** The place among them of the one that it is recorded from; 0 if there is nothing to choose. */
    int sourceNumber() {
        return source == null ? 0 : (int) source.member(0);
    }

    /** The host chooses what the stream is recorded from. */
    void setSource(int number) {
        if (source != null) {
            setAll(source, number);
        }
    }

    private void act() {
        boolean muted = true;
        for (int channel = 0; channel < channels; channel++) {
            boolean on = sound.member(channel) != 0;
            to.set(channel, VolumeScale.gain(volume.member(channel)), on);
            muted &= !on;
        }
        to.apply(muted, fromHost);
    }

    /** Somebody has set the host's volume for the stream: the elements say so, to the nearest of their values. */
    void takeHostLevel() {
        HostVolume.Level level = to.takeHostLevel();
        if (level == null) {
            return;
        }
        fromHost = true;
        int known = level.gains().size();
        boolean wasMuted = level().muted();
        for (int channel = 0; channel < channels; channel++) {
            boolean off = !wasMuted && sound.member(channel) == 0; // the host knows of it as silence
            int value = VolumeScale.value(known == 1 ? level.gain(0, 1) : level.gain(channel, channels));
            boolean unsaid = known != 1 && channel >= known;
            volume.askByHost(channel, off || unsaid ? volume.member(channel) : value);
            sound.askByHost(channel, level.muted() == wasMuted ? sound.member(channel) : level.muted() ? 0 : 1);
        }
        volume.changedByHost();
        sound.changedByHost();
        fromHost = false;
    }

    /** The host changes the volume of all channels: -60..0 dB, below that silence. */
    void setDecibels(double decibels) {
        int value = VolumeScale.value(Math.pow(10, decibels / 20));
        setAll(volume, value);
    }

    /** The host mutes all channels, or none. */
    void setMuted(boolean muted) {
        setAll(sound, muted ? 0 : 1);
    }

    private static void setAll(ControlElement element, long member) {
        for (int i = 0; i < element.members(); i++) {
            element.askByHost(i, member);
        }
        element.changedByHost();
    }

    /** What is set now. */
    StreamLevel level() {
        Double[] decibels = new Double[channels];
        boolean muted = true;
        for (int channel = 0; channel < channels; channel++) {
            decibels[channel] = VolumeScale.decibels(volume.member(channel));
            muted &= sound.member(channel) == 0;
        }
        return new StreamLevel(List.of(decibels), muted);
    }
}
