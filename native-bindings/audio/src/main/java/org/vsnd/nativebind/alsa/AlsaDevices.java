// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.audio.BackendException;
import org.vsnd.nativebind.libc.NativeBuffer;

/** Lists the PCMs. */
final class AlsaDevices {
    private static final int ALL_CARDS = -1;
    private static final int NO_CARD = -1;
    private static final byte[] PCM = Alsa.string("pcm");
    private static final byte[] NAME = Alsa.string("NAME");
    private static final byte[] DESC = Alsa.string("DESC");
    private static final byte[] IOID = Alsa.string("IOID");

    private AlsaDevices() {}

    /** All PCMs that the configuration wants to be listed, in its order. */
    static List<AlsaDevice> list() throws BackendException {
        Alsa.require();
        NativeBuffer hints = new NativeBuffer(Long.BYTES);
        int result = LibAsound.snd_device_name_hint(ALL_CARDS, PCM, hints.address());
        if (result < 0) {
            throw new BackendException("ALSA cannot list its PCMs: " + LibAsound.snd_strerror(result) + ".");
        }
        long first = hints.bytes().getLong(0);
        List<AlsaDevice> devices = new ArrayList<>();
        try {
            Pointer array = new Pointer(first);
            for (long at = 0; ; at += Long.BYTES) {
                long hint = array.getLong(at);
                if (hint == 0) {
                    return devices;
                }
                String name = text(hint, NAME);
                if (!name.isEmpty()) {
                    String way = text(hint, IOID); // nothing: both
                    devices.add(new AlsaDevice(
                            name, text(hint, DESC).replace('\n', ' '), !way.equals("Input"), !way.equals("Output")));
                }
            }
        } finally {
            LibAsound.snd_device_name_free_hint(first);
        }
    }

    private static String text(long hint, byte[] id) {
        long address = LibAsound.snd_device_name_get_hint(hint, id);
        if (address == 0) {
            return "";
        }
        try {
            return new Pointer(address).getString(0, "UTF-8");
        } finally {
            Native.free(address);
        }
    }

    /** Whether there is a sound card. */
    static boolean hasCard() {
        NativeBuffer card = new NativeBuffer(Integer.BYTES);
        card.bytes().putInt(0, NO_CARD);
        return LibAsound.snd_card_next(card.address()) == 0 && card.bytes().getInt(0) != NO_CARD;
    }
}
