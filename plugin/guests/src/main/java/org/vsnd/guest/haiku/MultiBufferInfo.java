// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

/** struct multi_buffer_info: what BUFFER_EXCHANGE tells the media server of each direction. */
final class MultiBufferInfo {
    final Place playback = new Place();
    final Place record = new Place();

    /** How far a direction is. */
    static final class Place {
        int bufferCycle;
        long realTimeMicros;
        long framesCount;
        /** Beside the kernel's: the same moment as the bus counts time. */
        long realTimeNanos;

        void set(HaikuPcmStream stream) {
            bufferCycle = stream.bufferCycle;
            realTimeMicros = stream.realTimeMicros;
            framesCount = stream.framesCount;
            realTimeNanos = stream.realTimeNanos;
        }

        private void set(Place other) {
            bufferCycle = other.bufferCycle;
            realTimeMicros = other.realTimeMicros;
            framesCount = other.framesCount;
            realTimeNanos = other.realTimeNanos;
        }
    }

    void set(MultiBufferInfo other) {
        playback.set(other.playback);
        record.set(other.record);
    }
}
