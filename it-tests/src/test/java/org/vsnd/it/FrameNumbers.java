// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Sound of 16-bit stereo whose frames are numbers, from 1 on; 0 is silence. Gives such frames, or takes them and knows
 * which came where.
 */
final class FrameNumbers {
    static final int FRAME_BYTES = 4;

    /**
     * Frames in unbroken order.
     *
     * @param place how many frames, silent ones included, came before
     * @param first number of the first
     */
    record Run(long place, long first, long frames) {
        long last() {
            return first + frames - 1;
        }
    }

    private final List<Run> runs = new ArrayList<>();
    private int[] numbers = new int[1 << 14];
    private long length;
    private long number; // given or taken last; of 32 bits only the lower ones are in a frame

    /** Fills a buffer with the numbers that come next. */
    void give(ByteBuffer frames) {
        int count = frames.remaining() / FRAME_BYTES;
        grow(count);
        int first = (int) number + 1;
        for (int i = 0; i < count; i++) {
            numbers[i] = first + i;
        }
        frames.slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(numbers, 0, count);
        frames.position(frames.limit());
        number += count;
    }

    /** These numbers are never given. */
    void leaveOut(long count) {
        number += count;
    }

    /** Takes a buffer. */
    void take(ByteBuffer frames) {
        int count = frames.remaining() / FRAME_BYTES;
        grow(count);
        frames.slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(numbers, 0, count);
        frames.position(frames.limit());
        int from = 0;
        while (from < count) {
            int to = endOfRun(from, count);
            if (numbers[from] != 0) {
                takeRun(numbers[from], to - from);
            }
            length += to - from;
            from = to;
        }
    }

    private int endOfRun(int from, int count) {
        int step = numbers[from] == 0 ? 0 : 1;
        int to = from + 1;
        while (to < count && numbers[to] == numbers[to - 1] + step) {
            to++;
        }
        return to;
    }

    private void takeRun(int first, int frames) {
        Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        boolean goesOn = last != null && last.place + last.frames == length && (int) (last.last() + 1) == first;
        if (goesOn) {
            runs.set(runs.size() - 1, new Run(last.place, last.first, last.frames + frames));
        } else {
            runs.add(new Run(length, Integer.toUnsignedLong(first), frames));
        }
    }

    /** Takes silence. */
    void takeSilence(long frames) {
        length += frames;
    }

    private void grow(int count) {
        if (count > numbers.length) {
            numbers = new int[count];
        }
    }

    /** Frames taken, silent ones included. */
    long length() {
        return length;
    }

    /** What was taken, in its order. */
    List<Run> runs() {
        return List.copyOf(runs);
    }

    /** Where a number was taken, or -1. */
    long placeOf(long wanted) {
        return runs.stream()
                .filter(run -> wanted >= run.first && wanted <= run.last())
                .mapToLong(run -> run.place + wanted - run.first)
                .findFirst()
                .orElse(-1);
    }

    /** The number at a place, or 0. */
    long numberAt(long place) {
        return runs.stream()
                .filter(run -> place >= run.place && place < run.place + run.frames)
                .mapToLong(run -> run.first + place - run.place)
                .findFirst()
                .orElse(0);
    }
}
