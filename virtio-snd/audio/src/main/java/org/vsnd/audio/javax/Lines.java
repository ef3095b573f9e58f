// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmFormat;

/**
 * The lines of one direction of a mixer, or of the JDK's default mixers if none is named. Mixers come and go: each call
 * looks them up anew.
 *
 * @param mixerName as {@link AudioSystem#getMixerInfo} has it; null for the JDK's default
 * @param lineClass {@link SourceDataLine} to play, {@link TargetDataLine} to record
 */
record Lines(@Nullable String mixerName, Class<? extends DataLine> lineClass) {
    /** Lines to play through. */
    static Lines toPlay(@Nullable String mixerName) {
        return new Lines(mixerName, SourceDataLine.class);
    }

    /** Lines to record from. */
    static Lines toRecord(@Nullable String mixerName) {
        return new Lines(mixerName, TargetDataLine.class);
    }

    /** Every mixer that has lines. */
    static List<JavaxMixer> mixers() {
        List<JavaxMixer> mixers = new ArrayList<>();
        for (Mixer.Info info : AudioSystem.getMixerInfo()) {
            boolean plays = has(info, SourceDataLine.class);
            boolean records = has(info, TargetDataLine.class);
            if (plays || records) {
                mixers.add(new JavaxMixer(info.getName(), info.getDescription().replace('\n', ' '), plays, records));
            }
        }
        return mixers;
    }

    private static boolean has(Mixer.Info info, Class<? extends DataLine> lineClass) {
        try {
            return AudioSystem.getMixer(info).isLineSupported(new Line.Info(lineClass));
        } catch (IllegalArgumentException | SecurityException e) {
            return false; // it has gone, or is not available to us
        }
    }

    /** For log lines. */
    String name() {
        return mixerName == null ? "javax.sound's default mixer" : "the javax.sound mixer " + mixerName;
    }

    /** The verb for them: {@code play} or {@code record}. */
    String verb() {
        return lineClass == SourceDataLine.class ? "play" : "record";
    }

    /** Whether there are any at present. */
    boolean exist() {
        for (Mixer.Info info : AudioSystem.getMixerInfo()) {
            if ((mixerName == null || info.getName().equals(mixerName)) && has(info, lineClass)) {
                return true;
            }
        }
        return false;
    }

    /** The layout in which one of them would carry such frames; empty if none can. */
    Optional<LineLayout> layout(PcmFormat format, int rateHz, int channels) {
        Mixer mixer = mixer();
        if (mixerName != null && mixer == null) {
            return Optional.empty();
        }
        return LineLayout.choose(format, rateHz, channels, audioFormat -> {
            DataLine.Info wanted = new DataLine.Info(lineClass, audioFormat);
            return mixer == null ? AudioSystem.isLineSupported(wanted) : mixer.isLineSupported(wanted);
        });
    }

    /**
     * A line that is not yet open.
     *
     * @throws IOException if there is none
     */
    Line get(AudioFormat audioFormat) throws IOException {
        DataLine.Info wanted = new DataLine.Info(lineClass, audioFormat);
        Mixer mixer = mixer();
        if (mixerName != null && mixer == null) {
            throw new IOException("it does not exist");
        }
        try {
            return mixer == null ? AudioSystem.getLine(wanted) : mixer.getLine(wanted);
        } catch (LineUnavailableException | IllegalArgumentException | SecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private @Nullable Mixer mixer() {
        if (mixerName == null) {
            return null;
        }
        for (Mixer.Info info : AudioSystem.getMixerInfo()) {
            if (info.getName().equals(mixerName) && has(info, lineClass)) {
                return AudioSystem.getMixer(info);
            }
        }
        return null;
    }
}
