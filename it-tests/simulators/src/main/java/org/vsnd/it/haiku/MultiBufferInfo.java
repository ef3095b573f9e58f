package org.vsnd.it.haiku;

/** struct multi_buffer_info: what BUFFER_EXCHANGE tells the media server. Keeps its values when an exchange fails. */
final class MultiBufferInfo {
    int playbackBufferCycle;
    long playedRealTimeMicros;
    long playedFramesCount;
    int recordBufferCycle;
    long recordedRealTimeMicros;
    long recordedFramesCount;

    /** Beside the kernel's: the same moments as the bus counts time. */
    long playedNanos;

    long recordedNanos;
}
