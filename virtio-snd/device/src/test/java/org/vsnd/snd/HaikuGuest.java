// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What Haiku does with a duplex card: one playback message, then one record message, then it thinks; HAIKU.md section 7. */
final class HaikuGuest {
    static final int PERIOD = 16_384;
    static final int PERIOD_BYTES = PERIOD * Rig.FRAME;
    private static final long MS = 1_000_000;
    /** A sine's samples obey x[n+1] + x[n-1] = this * x[n]. */
    private static final double FACTOR = 2 * Math.cos(2 * Math.PI * Microphone.TONE_HZ / 48_000);

    private static final int TX = 1;
    private static final int RX = 2;

    private final Rig rig;
    private final LiveHost host;
    final List<Rig.Done> played = new ArrayList<>();
    final List<Rig.Done> recorded = new ArrayList<>();
    /** Per record message: how far its samples are from a sine at worst. */
    final List<Double> roughness = new ArrayList<>();

    /** Per record message: how old in frames its last one was. */
    final List<Long> ages = new ArrayList<>();

    /** Frames of silence where there should have been sound; those before the first sound are not counted. */
    long silentFrames;

    long thinkNanos = 2 * MS;
    private boolean playing = true;
    private long sendNanos;
    private boolean sent;
    private long recordAt;
    /** Frames before the first sound. */
    long firstHeard;

    private boolean heard;
    private short before;
    private short last;
    private int ticks;

    HaikuGuest(Rig rig, LiveHost host) {
        this.rig = rig;
        this.host = host;
        sendNanos = rig.thread.nowNanos;
    }

    /** Goes on for a time, in steps of a millisecond; the host reports every 10. */
    void run(long nanos) {
        for (long until = rig.thread.nowNanos + nanos; rig.thread.nowNanos < until; ) {
            rig.thread.advance(MS);
            if (++ticks % 10 == 0) {
                host.report();
            }
            take();
            if (!sent && rig.thread.nowNanos >= sendNanos) {
                send();
                take();
            }
        }
    }

    /** What was in flight has come back for another reason, and the next is a playback message. */
    void startAnew() {
        rig.done.clear();
        playing = true;
        sent = false;
        sendNanos = rig.thread.nowNanos;
    }

    /** Goes on until a record message is done and nothing is in flight. */
    void finishExchange() {
        int before = recorded.size();
        while (recorded.size() == before) {
            run(MS);
        }
    }

    /** One record message and no playback; it must take about a period, unless it is the first. */
    void recordOnly(boolean first) {
        playing = false;
        sent = false;
        sendNanos = rig.thread.nowNanos;
        long start = rig.thread.nowNanos;
        finishExchange();
        long took = rig.thread.nowNanos - start;
        if (!first && Math.abs(took - PERIOD / 48e-6) > 5 * MS) {
            throw new AssertionError("a record message took " + took + " ns");
        }
    }

    private void send() {
        sent = true;
        if (playing) {
            rig.play(TX, PERIOD_BYTES);
        } else {
            recordAt = rig.record(RX, PERIOD_BYTES);
        }
    }

    private void take() {
        for (int i = 0; i < rig.done.size(); i++) {
            Rig.Done done = rig.done.get(i);
            if (done.tag() == TX) {
                played.add(done);
                playing = false;
                sent = false;
                sendNanos = done.nanos();
            } else if (done.tag() == RX) {
                recorded.add(done);
                ages.add(host.microphone().ageAt(done.nanos(), listen()));
                playing = true;
                sent = false;
                sendNanos = done.nanos() + thinkNanos;
            }
        }
        rig.done.clear();
    }

    /** Returns the number of the last frame. */
    private int listen() {
        ByteBuffer bytes = ByteBuffer.wrap(rig.bytes(recordAt, PERIOD_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        double worst = 0;
        int number = 0;
        int odd = 0;
        for (int i = 0; i < PERIOD; i++) {
            short now = bytes.getShort(4 * i);
            int right = bytes.getShort(4 * i + 2);
            heard |= right != 0;
            firstHeard += heard ? 0 : 1;
            silentFrames += heard && right == 0 ? 1 : 0;
            odd = Math.abs(right - number - 1) <= 2 ? 0 : odd + 1;
            number = odd == 0 || odd > 8 ? right : number + 1; // where it wraps a resampler is wrong for some frames
            worst = Math.max(worst, Math.abs(now + before - FACTOR * last));
            before = last;
            last = now;
        }
        roughness.add(worst);
        return number;
    }
}
