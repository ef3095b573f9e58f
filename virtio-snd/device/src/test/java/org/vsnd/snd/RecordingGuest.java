// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A guest that keeps some record messages in flight, and what it hears of a {@link Microphone}. */
final class RecordingGuest {
    static final int PERIOD = 480;
    private static final long MS = 1_000_000;

    /**
     * A message that came back.
     *
     * @param silentFrames how many of its frames are silence
     * @param brokenFrames how many of its frames do not follow the frame before
     * @param ageFrames how old its last frame was then
     * @param latencyFrames what the device said of it
     */
    record Heard(long nanos, int silentFrames, int brokenFrames, long ageFrames, long latencyFrames) {}

    final List<Heard> heard = new ArrayList<>();
    private final Rig rig;
    private final LiveHost host;
    private final Map<Integer, Long> places = new HashMap<>();
    private int nextTag = 1000;
    private int lastNumber;

    RecordingGuest(Rig rig, LiveHost host) {
        this.rig = rig;
        this.host = host;
    }

    void send(int messages) {
        for (int i = 0; i < messages; i++) {
            int tag = nextTag++;
            places.put(tag, rig.record(tag, PERIOD * Rig.FRAME));
        }
    }

    /** Goes on in steps of a millisecond; what has come back is sent again at once. */
    void run(long nanos) {
        for (long until = rig.thread.nowNanos + nanos; rig.thread.nowNanos < until; ) {
            rig.thread.advance(MS);
            host.report();
            send(take());
        }
    }

    int take() {
        List<Rig.Done> back = List.copyOf(rig.done);
        rig.done.clear();
        int taken = 0;
        for (Rig.Done done : back) {
            Long at = places.remove(done.tag());
            if (at != null) {
                listen(done, at);
                taken++;
            }
        }
        return taken;
    }

    private void listen(Rig.Done done, long at) {
        ByteBuffer bytes = ByteBuffer.wrap(rig.bytes(at, PERIOD * Rig.FRAME)).order(ByteOrder.LITTLE_ENDIAN);
        int silent = 0;
        int broken = 0;
        for (int i = 0; i < PERIOD; i++) {
            int number = bytes.getShort(4 * i + 2);
            boolean silence = number == 0;
            silent += silence ? 1 : 0;
            broken += silence || number == lastNumber % Microphone.NUMBERS + 1 ? 0 : 1;
            lastNumber = number;
        }
        heard.add(new Heard(
                done.nanos(),
                silent,
                broken,
                host.microphone().ageAt(done.nanos(), lastNumber),
                done.latencyBytes() / Rig.FRAME));
    }

    /** The newest messages. */
    List<Heard> newest(int messages) {
        return heard.subList(heard.size() - messages, heard.size());
    }

    long silentFrames(int messages) {
        return newest(messages).stream().mapToLong(Heard::silentFrames).sum();
    }

    long brokenFrames(int messages) {
        return newest(messages).stream().mapToLong(Heard::brokenFrames).sum();
    }
}
