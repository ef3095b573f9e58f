// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.sound;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a recording holds of the {@link FramePattern}: which of its frames, where, and in what order. Each frame is known by its
 * content alone, wherever the recording began.
 */
public final class HeardPattern {
    private final int patternFrames;
    private final List<Run> runs = new ArrayList<>();
    private int silentFrames;
    private int strangeFrames;
    private int firstStrange = -1;

    /**
     * Frames of the pattern in unbroken order.
     *
     * @param at where they begin in the recording, in frames
     * @param first which of the pattern's frames is there
     */
    public record Run(int at, int first, int frames) {
        int endAt() {
            return at + frames;
        }

        int end() {
            return first + frames;
        }
    }

    /**
     * What is between two runs.
     *
     * @param at where it begins in the recording, in frames
     * @param length frames of the recording that are silent or strange
     * @param lost the pattern's frames that are missing there; negative: repeated
     */
    public record Gap(int at, int length, int lost) {}

    private HeardPattern(int patternFrames) {
        this.patternFrames = patternFrames;
    }

    /**
     * Reads a recording.
     *
     * @param format {@code S16_LE} stereo or {@code S32_LE}: a frame of the others does not say which one it is
     * @param patternFrames how many of the pattern's frames were played
     */
    public static HeardPattern in(byte[] recording, SoundFormat format, int patternFrames) {
        HeardPattern heard = new HeardPattern(patternFrames);
        ByteBuffer frames = ByteBuffer.wrap(recording).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < recording.length / format.frameBytes(); at++) {
            heard.take(at, FramePattern.place(frames, at * format.frameBytes(), format));
        }
        return heard;
    }

    private void take(int at, long place) {
        if (place == FramePattern.SILENT) {
            silentFrames++;
        } else if (place < 0 || place >= patternFrames) {
            strangeFrames++;
            firstStrange = firstStrange < 0 ? at : firstStrange;
        } else {
            Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && last.endAt() == at && last.end() == place) {
                runs.set(runs.size() - 1, new Run(last.at, last.first, last.frames + 1));
            } else {
                runs.add(new Run(at, (int) place, 1));
            }
        }
    }

    /** In the order of the recording. */
    public List<Run> runs() {
        return List.copyOf(runs);
    }

    /** What is between the runs, in the order of the recording. */
    public List<Gap> gaps() {
        List<Gap> gaps = new ArrayList<>();
        for (int i = 1; i < runs.size(); i++) {
            Run before = runs.get(i - 1);
            Run after = runs.get(i);
            gaps.add(new Gap(before.endAt(), after.at - before.endAt(), after.first - before.end()));
        }
        return gaps;
    }

    /** Where one of the pattern's frames is in the recording, for the first time; -1 if it is not there. */
    public long placeOf(long frame) {
        for (Run run : runs) {
            if (frame >= run.first && frame < run.end()) {
                return run.at + (frame - run.first);
            }
        }
        return -1;
    }

    /** Frames of the pattern, each time they were heard. */
    public int heardFrames() {
        return runs.stream().mapToInt(Run::frames).sum();
    }

    /** Silent frames of the recording, wherever they are. */
    public int silentFrames() {
        return silentFrames;
    }

    /** Frames that are neither silent nor the pattern's. */
    public int strangeFrames() {
        return strangeFrames;
    }

    /** Whether the whole pattern is there once, unbroken, and nothing but silence around it. */
    public boolean isExact() {
        return isUnbroken() && runs.get(0).first == 0 && runs.get(0).frames == patternFrames;
    }

    /** Whether one piece of the pattern is there, unbroken, and nothing but silence around it. */
    public boolean isUnbroken() {
        return runs.size() == 1 && strangeFrames == 0;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder()
                .append(heardFrames())
                .append(" of ")
                .append(patternFrames)
                .append(" frames in ")
                .append(runs.size())
                .append(" runs, ")
                .append(silentFrames)
                .append(" silent, ")
                .append(strangeFrames)
                .append(" strange");
        if (firstStrange >= 0) {
            text.append(" from ").append(firstStrange);
        }
        runs.stream().limit(4).forEach(run -> text.append("; ").append(run));
        return text.append(runs.size() > 4 ? "; ..." : "").toString();
    }
}
