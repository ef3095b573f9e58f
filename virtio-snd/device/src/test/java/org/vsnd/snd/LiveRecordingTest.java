// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guests with several messages in flight record from a host with a clock of its own. */
class LiveRecordingTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1000 * MS;
    private static final int PERIODS = 4;

    private final LiveHost host = new LiveHost(0, 0, false);
    private final Rig rig = host.rig(ExchangeRule.AUTO);
    private final RecordingGuest guest = new RecordingGuest(rig, host);

    private void prepare() {
        rig.prepare(1, PERIODS * RecordingGuest.PERIOD, RecordingGuest.PERIOD);
    }

    /** Frames in the air before the newest that a driver may find: those the host has not handed over yet, and the latency. */
    private void assertNewest(int messages) {
        assertThat(guest.silentFrames(messages)).as("frames of silence").isZero();
        assertThat(guest.brokenFrames(messages)).as("seams").isZero();
        for (RecordingGuest.Heard message : guest.newest(messages)) {
            assertThat(message.ageFrames()).isBetween(LiveHost.LATENCY - 96L, LiveHost.LATENCY + 96L);
            assertThat(message.latencyFrames()).isEqualTo(LiveHost.LATENCY);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 30, 39, 41, 100, 300, 1200, 5000})
    @DisplayName(
            "however late a driver's first message comes, it has what is recorded, no older than any other driver's")
    void aLateFirstMessageHasSound(int lateMillis) {
        prepare();
        rig.thread.advance(100 * MS);
        rig.start(1);
        rig.thread.advance(lateMillis * MS);
        guest.send(PERIODS);
        guest.run(3 * SECOND);
        assertNewest(250);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 60, 100, 150, 500, 1500, 10_000})
    @DisplayName(
            "a server that stood still costs silence while it did; seconds later recordings are as new as before, bit by bit")
    void aServerThatStoodStillLeavesNothingBehind(int millis) {
        prepare();
        rig.start(1);
        guest.send(PERIODS);
        guest.run(3 * SECOND);
        assertNewest(100);
        int before = guest.heard.size();
        host.microphone().standStill(millis * MS);
        guest.run(millis * MS + 4 * SECOND);
        assertNewest(100);
        int since = guest.heard.size() - before;
        assertThat(guest.brokenFrames(since))
                .as("seams, once where sound is back")
                .isLessThanOrEqualTo(2);
        assertThat(guest.silentFrames(since)).isLessThan((millis + 20) * 48L);
        guest.run(30 * SECOND);
        assertNewest(3000);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 60, 100, 150, 500, 1500, 10_000})
    @DisplayName("a process that stood still leaves nothing behind")
    void aProcessThatStoodStillLeavesNothingBehind(int millis) {
        prepare();
        rig.start(1);
        guest.send(PERIODS);
        guest.run(3 * SECOND);
        for (int i = 0; i < 5; i++) {
            host.microphone().standStill(millis * MS + 2 * MS); // the device thread is the first to run again
            rig.thread.stall(millis * MS);
            guest.run(12 * SECOND);
            assertNewest(100);
        }
    }

    @Test
    @DisplayName("a driver that is late again and again finds the newest each time")
    void lateAgainAndAgain() {
        prepare();
        rig.start(1);
        guest.send(PERIODS);
        guest.run(SECOND);
        for (int i = 0; i < 20; i++) {
            rig.thread.advance((50 + 37 * i) * MS);
            guest.send(guest.take());
            guest.run(SECOND);
            assertNewest(90);
        }
    }
}
