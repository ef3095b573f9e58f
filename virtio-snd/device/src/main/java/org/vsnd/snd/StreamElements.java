// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;
import org.vsnd.audio.HostVolume;

/**
 * The two control elements that each stream has, whether or not the driver is offered them: volume and switch, with a member for
 * each channel. They have the names by which Linux's mixers find them: Master if it is the only playback stream of the card, else PCM;
 * and Capture.
 *
 * <p>Device thread only; allocates nothing once it is made.
 */
final class StreamElements {
    private static final int READ_WRITE = ControlInfo.ACCESS_READ | ControlInfo.ACCESS_WRITE;

    final ControlInfo volumeInfo;
    final ControlInfo switchInfo;
    private final StreamVolume to;
    private final int channels;
    private boolean fromHost;
    private ControlElement volume;
    private ControlElement sound;

    /**
     * @param stream the stream
     * @param number its number among those of its direction
     * @param only whether it is the only one of its direction
     * @param to makes it so
     */
    StreamElements(StreamInfo stream, int number, boolean only, StreamVolume to) {
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
        volume = new ControlElement(volumeInfo, ControlElement.HIDDEN, this::act);
        sound = new ControlElement(switchInfo, ControlElement.HIDDEN, this::act);
    }

    /** Makes one of the elements known to drivers by this id. */
    ControlElement offer(StreamControl control, int id) {
        switch (control) {
            case VOLUME -> volume = new ControlElement(volumeInfo, id, this::act);
            case MUTE -> sound = new ControlElement(switchInfo, id, this::act);
        }
        return element(control);
    }

    ControlElement element(StreamControl control) {
        return switch (control) {
            case VOLUME -> volume;
            case MUTE -> sound;
        };
    }

    List<ControlElement> both() {
        return List.of(volume, sound);
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
