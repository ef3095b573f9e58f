// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.audio.ChannelPosition;
import org.vsnd.nativebind.libc.LibC;
import org.vsnd.nativebind.libc.NativeBuffer;

/** Where a PCM's channels belong: {@code snd_pcm_chmap_t}. */
final class AlsaChannels {
    private static final int POSITION_MASK = 0xffff; // the rest are flags
    private static final int QUERY_MAP = 4; // in snd_pcm_chmap_query_t, after its type

    private AlsaChannels() {}

    /**
     * Asks a PCM that is prepared to have channels where the stream has them.
     *
     * @return what it has; the same if it says nothing of its channels
     */
    static List<ChannelPosition> settle(long pcm, List<ChannelPosition> wanted) {
        if (wanted.size() == 1) {
            return wanted;
        }
        NativeBuffer map = new NativeBuffer(Integer.BYTES * (1 + wanted.size()));
        map.bytes().putInt(0, wanted.size());
        for (int i = 0; i < wanted.size(); i++) {
            map.bytes().putInt(Integer.BYTES * (1 + i), wanted.get(i).number());
        }
        if (LibAsound.snd_pcm_set_chmap(pcm, map.address()) >= 0) {
            return wanted;
        }
        long present = LibAsound.snd_pcm_get_chmap(pcm);
        if (present == 0) {
            return wanted;
        }
        try {
            List<ChannelPosition> positions = positions(new Pointer(present));
            return positions.size() == wanted.size() ? positions : wanted;
        } finally {
            LibC.free(present);
        }
    }

    private static List<ChannelPosition> positions(Pointer map) {
        List<ChannelPosition> positions = new ArrayList<>();
        int channels = map.getInt(0);
        for (int i = 0; i < channels; i++) {
            int number = map.getInt(Integer.BYTES * (1L + i)) & POSITION_MASK;
            positions.add(ChannelPosition.of(number).orElse(ChannelPosition.NONE));
        }
        return positions;
    }

    /** The most channels for which a PCM, or the one behind it, has places; 0 if it does not say. */
    static int most(long pcm) {
        long queries = LibAsound.snd_pcm_query_chmaps(pcm);
        if (queries == 0) {
            return 0;
        }
        int most = 0;
        Pointer list = new Pointer(queries);
        for (long at = 0; ; at += Long.BYTES) {
            Pointer query = list.getPointer(at);
            if (query == null) {
                break;
            }
            most = Math.max(most, query.getInt(QUERY_MAP));
        }
        LibAsound.snd_pcm_free_chmaps(queries);
        return most;
    }
}
