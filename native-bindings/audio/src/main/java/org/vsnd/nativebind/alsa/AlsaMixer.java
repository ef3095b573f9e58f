// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.audio.HostSocket;
import org.vsnd.nativebind.libc.NativeBuffer;

/** An open {@code snd_hctl_t}: the control elements of a card, of which only the jacks are looked at. One thread at a time. */
final class AlsaMixer implements AlsaPolled, AutoCloseable {
    private static final String JACK = " Jack";
    /** Where something is always plugged in, as far as the card knows. */
    private static final String PHANTOM_JACK = " Phantom Jack";

    private final long hctl;
    private final NativeBuffer info = new NativeBuffer(Math.toIntExact(LibAsound.snd_ctl_elem_info_sizeof()));
    private final NativeBuffer value = new NativeBuffer(Math.toIntExact(LibAsound.snd_ctl_elem_value_sizeof()));

    private AlsaMixer(long hctl) {
        this.hctl = hctl;
    }

    /**
     * Opens one and listens to its events. May wait for a server.
     *
     * @param name as for {@code amixer -D}
     * @throws AlsaException if it is not available; the message says why
     */
    static AlsaMixer open(String name) throws AlsaException {
        NativeBuffer handle = new NativeBuffer(Long.BYTES);
        int result = LibAsound.snd_hctl_open(handle.address(), Alsa.string(name), LibAsound.SND_CTL_NONBLOCK);
        if (result < 0) {
            throw new AlsaException("open " + name, result);
        }
        AlsaMixer mixer = new AlsaMixer(handle.bytes().getLong(0));
        result = LibAsound.snd_hctl_load(mixer.hctl);
        if (result < 0) {
            mixer.close();
            throw new AlsaException("read " + name, result);
        }
        return mixer;
    }

    /**
     * Takes note of what has happened.
     *
     * @return a negative error number if it can no longer be used
     */
    int handleEvents() {
        return LibAsound.snd_hctl_handle_events(hctl);
    }

    /** What is known of the card's jacks now. */
    List<HostSocket.Port> jacks() {
        List<HostSocket.Port> jacks = new ArrayList<>();
        for (long element = LibAsound.snd_hctl_first_elem(hctl);
                element != 0;
                element = LibAsound.snd_hctl_elem_next(element)) {
            if (LibAsound.snd_hctl_elem_get_interface(element) == LibAsound.SND_CTL_ELEM_IFACE_CARD) {
                String name = LibAsound.snd_hctl_elem_get_name(element);
                if (name.endsWith(JACK) && !name.endsWith(PHANTOM_JACK) && reads(element)) {
                    boolean plugged = LibAsound.snd_ctl_elem_value_get_boolean(value.address(), 0) != 0;
                    jacks.add(new HostSocket.Port(name, !plugged));
                }
            }
        }
        return jacks;
    }

    /** Reads a boolean into {@link #value}. */
    private boolean reads(long element) {
        return LibAsound.snd_hctl_elem_info(element, info.address()) >= 0
                && LibAsound.snd_ctl_elem_info_get_type(info.address()) == LibAsound.SND_CTL_ELEM_TYPE_BOOLEAN
                && LibAsound.snd_hctl_elem_read(element, value.address()) >= 0;
    }

    @Override
    public int pollDescriptorsCount() {
        return Math.max(0, LibAsound.snd_hctl_poll_descriptors_count(hctl));
    }

    @Override
    public int pollDescriptors(long pollfds, int count) {
        return LibAsound.snd_hctl_poll_descriptors(hctl, pollfds, count);
    }

    @Override
    public int pollDescriptorsRevents(long pollfds, int count, long revents) {
        return LibAsound.snd_hctl_poll_descriptors_revents(hctl, pollfds, count, revents);
    }

    @Override
    public void close() {
        LibAsound.snd_hctl_close(hctl);
    }
}
