// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.PcmFormat;
import org.vsnd.spi.TimeBase;

/** When the last message that a driver has in flight goes; the periods are 10 ms. */
class LastMessageHoldTest {
    private static final long MS = 1_000_000;
    private static final int FRAME_BYTES = 4;
    private static final int PERIOD_BYTES = 480 * FRAME_BYTES;

    private final VirtualThread thread = new VirtualThread(TimeBase.VIRTUAL);
    private final ScheduledTasks tasks = new ScheduledTasks(thread);
    private final Queue queue = new Queue();

    /** A queue whose driver asks for an interrupt after each run of its handler. */
    private static final class Queue {
        private long interrupts;
        private boolean handled = true;

        void used() {
            interrupts += handled ? 1 : 0;
            handled = false;
        }

        void handlerRuns() {
            handled = true;
        }
    }

    /** A stream on that queue. */
    private final class Stream implements MessageCompleter {
        final List<Long> doneNanos = new ArrayList<>();
        private final LastMessageHold completion = new LastMessageHold(tasks, this, () -> {});

        private final int periods;

        Stream(int periods, int sent) {
            this.periods = periods;
            prepared();
            for (int i = 0; i < sent; i++) {
                sends();
            }
        }

        @Override
        public void complete(PcmMessage message, int status, long latencyBytes, long dataBytes) {
            queue.used();
            doneNanos.add(thread.nanoTime());
        }

        @Override
        public boolean reactionsShow() {
            return true;
        }

        @Override
        public long mark() {
            return queue.interrupts;
        }

        @Override
        public boolean reactedTo(long mark) {
            return queue.interrupts > mark || queue.handled;
        }

        void prepared() {
            completion.open(new StreamParams((long) periods * PERIOD_BYTES, PERIOD_BYTES, 2, PcmFormat.S16, 48_000, 0));
        }

        void sends() {
            completion.arrived(PERIOD_BYTES);
        }

        /** When a message is due that came so long before its end. */
        long dueBeforeItsEndNanos(long agoNanos) {
            PcmMessage message = new PcmMessage();
            message.arrivalNanos = thread.nanoTime() - agoNanos;
            return thread.nanoTime() - completion.lastDueNanos(message, thread.nanoTime());
        }

        /** A message that came before the one before it was done is due. */
        void due(boolean last) {
            due(last, 20 * MS);
        }

        void due(boolean last, long agoNanos) {
            PcmMessage message = new PcmMessage();
            message.dataBytes = PERIOD_BYTES;
            message.arrivalNanos = thread.nanoTime() - agoNanos;
            completion.complete(message, VirtioSnd.VIRTIO_SND_S_OK, 0, 0, last);
        }
    }

    @Test
    @DisplayName("another stream's completion that has not been handled yet does not keep this stream's last message")
    void otherStreamsDoNotMatter() {
        Stream one = new Stream(2, 2);
        Stream other = new Stream(2, 2);
        one.due(false);
        queue.handlerRuns();
        thread.advance(100 * MS);
        other.due(false);

        one.due(true, 120 * MS);
        assertThat(one.doneNanos).hasSize(2);
    }

    @Test
    @DisplayName("with two periods: a driver that stood still for most of the one before is given time to look")
    void standingIsSeenInTheMiddleOfTheLastPeriod() {
        Stream stream = new Stream(2, 2);
        stream.due(false);
        thread.advance(9 * MS);
        queue.handlerRuns();
        thread.advance(1 * MS);

        stream.due(true);
        assertThat(stream.doneNanos).hasSize(1);
        thread.advance(499 * MS);
        assertThat(stream.doneNanos).hasSize(1);
        thread.advance(1 * MS);
        assertThat(stream.doneNanos).hasSize(2);
    }

    @Test
    @DisplayName("after a message was kept, one that came before it went proves nothing: the next last one is kept too")
    void nothingIsTakenForALookThatMayBeOlder() {
        Stream stream = new Stream(4, 4);
        for (int i = 0; i < 3; i++) {
            stream.due(false);
            thread.advance(10 * MS);
        }
        stream.due(true);
        assertThat(stream.doneNanos).hasSize(3);
        queue.handlerRuns();
        stream.sends(); // the application had been stopped between its look and this
        assertThat(stream.doneNanos)
                .as("the fourth: the driver has seen one done at least")
                .hasSize(4);
        queue.handlerRuns();
        thread.advance(10 * MS);

        stream.due(true);
        assertThat(stream.doneNanos).as("the fifth").hasSize(4);
        stream.sends();
        assertThat(stream.doneNanos).hasSize(5);
    }

    @Test
    @DisplayName("a driver whose new messages show that it has looked is trusted again")
    void trustComesBack() {
        Stream stream = new Stream(4, 4);
        for (int i = 0; i < 3; i++) {
            stream.due(false);
            thread.advance(10 * MS);
        }
        stream.due(true);
        queue.handlerRuns();
        for (int i = 0; i < 4; i++) {
            stream.sends();
        }
        for (int i = 0; i < 4; i++) {
            queue.handlerRuns();
            thread.advance(10 * MS);
            stream.due(i == 3);
        }
        thread.advance(70 * MS);
        assertThat(stream.doneNanos).as("the end of the sound").hasSize(8);
    }

    @Test
    @DisplayName("fewer messages than a buffer holds cannot be a buffer done at once: none is kept")
    void fewerThanABufferAreNotKept() {
        Stream stream = new Stream(4, 3);
        for (int i = 0; i < 3; i++) {
            stream.due(i == 2);
            thread.advance(10 * MS);
        }
        assertThat(stream.doneNanos).hasSize(3);
    }

    @Test
    @DisplayName("whose handler runs in time, but whose work may not have for a whole short buffer, gets time to look")
    void workThatDoesNotRunForAWholeBuffer() {
        Stream stream = new Stream(4, 4);
        for (int i = 0; i < 3; i++) {
            stream.due(false);
            queue.handlerRuns();
            thread.advance(10 * MS);
        }
        stream.due(true);
        assertThat(stream.doneNanos).hasSize(3);
        thread.advance(69 * MS); // it came 20 ms before it was due
        assertThat(stream.doneNanos).hasSize(3);
        thread.advance(1 * MS);
        assertThat(stream.doneNanos).as("90 ms after it came").hasSize(4);
    }

    @Test
    @DisplayName("a driver that sends each message after the one before is done has looked: none is kept")
    void oneMessageAtATime() {
        Stream stream = new Stream(4, 4);
        for (int i = 0; i < 4; i++) {
            stream.due(false);
            queue.handlerRuns();
        }
        for (int i = 0; i < 4; i++) {
            thread.advance(1 * MS);
            stream.sends();
            thread.advance(9 * MS);
            stream.due(true, 9 * MS);
            queue.handlerRuns();
            assertThat(stream.doneNanos).hasSize(5 + i);
        }
    }

    @Test
    @DisplayName("a driver that sends its next messages when all are done is kept waiting once, and then no more")
    void allAtOnce() {
        Stream stream = new Stream(2, 2);
        for (int i = 0; i < 4; i++) {
            stream.due(false);
            queue.handlerRuns();
            thread.advance(10 * MS);
            stream.due(true);
            queue.handlerRuns();
            thread.advance(i == 0 ? 70 * MS : 0);
            assertThat(stream.doneNanos).hasSize(2 * i + 2);
            stream.sends();
            stream.sends();
            thread.advance(10 * MS);
        }
    }

    @Test
    @DisplayName("the end of one sound says nothing of the next: its last message is kept again")
    void theNextSoundIsProtectedToo() {
        Stream stream = new Stream(4, 4);
        for (int sound = 0; sound < 3; sound++) {
            for (int i = 0; i < 4; i++) {
                queue.handlerRuns();
                thread.advance(10 * MS);
                stream.due(i == 3);
            }
            assertThat(stream.doneNanos).hasSize(4 * sound + 3);
            queue.handlerRuns();
            thread.advance(70 * MS);
            assertThat(stream.doneNanos).hasSize(4 * sound + 4);
            stream.prepared();
            for (int i = 0; i < 4; i++) {
                stream.sends();
            }
        }
    }

    @Test
    @DisplayName("the last message of a sound is due 5 ms before its end, but not sooner than its driver could look")
    void theLastMessageIsDueEarly() {
        Stream stream = new Stream(8, 8);
        assertThat(stream.dueBeforeItsEndNanos(90 * MS)).isEqualTo(5 * MS);
        assertThat(stream.dueBeforeItsEndNanos(80 * MS)).isEqualTo(5 * MS);
        assertThat(stream.dueBeforeItsEndNanos(77 * MS)).isEqualTo(2 * MS);
        assertThat(stream.dueBeforeItsEndNanos(60 * MS)).isZero();
    }

    @Test
    @DisplayName(
            "nothing is due early in a short buffer, before a whole buffer was sent, or of a driver that stood still")
    void otherMessagesAreNotDueEarly() {
        assertThat(new Stream(7, 7).dueBeforeItsEndNanos(70 * MS)).isZero();
        assertThat(new Stream(8, 7).dueBeforeItsEndNanos(90 * MS)).isZero();

        Stream stood = new Stream(8, 8);
        for (int i = 0; i < 7; i++) {
            stood.due(false);
            thread.advance(10 * MS);
        }
        assertThat(stood.dueBeforeItsEndNanos(90 * MS)).isZero();
    }

    @Test
    @DisplayName("in a buffer of 80 ms the last message that came late is given 75 ms, not 90")
    void aLongBufferNeedsLess() {
        Stream stream = new Stream(8, 8);
        for (int i = 0; i < 7; i++) {
            stream.due(false);
            queue.handlerRuns();
            thread.advance(10 * MS);
        }
        stream.due(true, 70 * MS);
        assertThat(stream.doneNanos).hasSize(7);
        thread.advance(5 * MS);
        assertThat(stream.doneNanos).hasSize(8);
    }

    @Test
    @DisplayName(
            "a driver that catches up, always before its latest message is handled, is not taken for one that looks unseen")
    void catchingUpIsNoLookUnseen() {
        Stream stream = new Stream(4, 4);
        for (int i = 0; i < 3; i++) {
            stream.due(false);
            thread.advance(10 * MS);
        }
        stream.due(true);
        for (int burst = 0; burst < 4; burst++) {
            thread.advance(10 * MS);
            queue.handlerRuns();
            for (int i = 0; i < 3; i++) {
                stream.sends(); // the first lets go the message that was kept
            }
            stream.due(false); // late, as the one that was kept
            stream.due(false);
            thread.advance(10 * MS);
            stream.due(true);
            assertThat(stream.doneNanos)
                    .as("without the last one: its driver stands")
                    .hasSize(6 + 3 * burst);
        }
    }

    @Test
    @DisplayName("a driver that looked unseen is known by used_event again when it moves that")
    void looksUnseenNoMore() {
        Stream stream = new Stream(2, 2);
        for (int i = 0; i < 8; i++) {
            stream.due(false);
            stream.sends(); // without its handler
        }
        stream.due(false);
        thread.advance(10 * MS);
        stream.due(true);
        assertThat(stream.doneNanos).as("what looks unseen is given all").hasSize(10);
        queue.handlerRuns();
        stream.sends();
        stream.sends();
        stream.due(false);
        thread.advance(10 * MS);
        stream.due(true);
        assertThat(stream.doneNanos).as("kept: it stands").hasSize(11);
    }
}
