// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.Control;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineListener;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;

/** A mixer with as many lines as one likes. What its lines play, and what they record, is frames of one format. */
final class SoftwareMixer implements Mixer {
    /** A name, with the constructor opened. */
    private static final class Name extends Mixer.Info {
        Name(String name) {
            super(name, "vsnd", "for tests", "1");
        }
    }

    private final Mixer.Info info;
    private final List<AudioFormat> formats;
    final int chunkFrames;
    final List<SoftwareLine> opened = new CopyOnWriteArrayList<>();
    volatile boolean gone;

    /**
     * Makes one.
     *
     * @param chunkFrames its lines take and bring so many at once
     * @param formats that its lines can have
     */
    SoftwareMixer(String name, int chunkFrames, AudioFormat... formats) {
        info = new Name(name);
        this.chunkFrames = chunkFrames;
        this.formats = List.of(formats);
    }

    /** Lines lose their device, and no new ones are to be had, until it is plugged again. */
    void pull() {
        gone = true;
        opened.forEach(SoftwareLine::close);
    }

    void plugAgain() {
        gone = false;
    }

    @Override
    public Mixer.Info getMixerInfo() {
        return info;
    }

    @Override
    public Line.Info[] getSourceLineInfo() {
        return new Line.Info[] {info(SourceDataLine.class)};
    }

    @Override
    public Line.Info[] getTargetLineInfo() {
        return new Line.Info[] {info(TargetDataLine.class)};
    }

    private DataLine.Info info(Class<? extends DataLine> line) {
        return new DataLine.Info(line, formats.toArray(AudioFormat[]::new), 64, 1 << 24);
    }

    @Override
    public Line.Info[] getSourceLineInfo(Line.Info wanted) {
        return matching(wanted, getSourceLineInfo());
    }

    @Override
    public Line.Info[] getTargetLineInfo(Line.Info wanted) {
        return matching(wanted, getTargetLineInfo());
    }

    private static Line.Info[] matching(Line.Info wanted, Line.Info... there) {
        return Stream.of(there).filter(wanted::matches).toArray(Line.Info[]::new);
    }

    @Override
    public boolean isLineSupported(Line.Info wanted) {
        return matching(wanted, getSourceLineInfo()).length + matching(wanted, getTargetLineInfo()).length > 0;
    }

    @Override
    public Line getLine(Line.Info wanted) throws LineUnavailableException {
        if (gone) {
            throw new LineUnavailableException("pulled out");
        }
        if (!isLineSupported(wanted)) {
            throw new IllegalArgumentException("no line " + wanted);
        }
        AudioFormat format = ((DataLine.Info) wanted).getFormats()[0];
        return wanted.getLineClass() == SourceDataLine.class
                ? new SoftwareSpeaker(this, format)
                : new SoftwareMicrophone(this, format);
    }

    @Override
    public int getMaxLines(Line.Info wanted) {
        return -1; // any number
    }

    @Override
    public Line[] getSourceLines() {
        return new Line[0];
    }

    @Override
    public Line[] getTargetLines() {
        return new Line[0];
    }

    @Override
    public void synchronize(Line[] lines, boolean maintainSync) {
        throw new IllegalArgumentException("cannot");
    }

    @Override
    public void unsynchronize(Line[] lines) {}

    @Override
    public boolean isSynchronizationSupported(Line[] lines, boolean maintainSync) {
        return false;
    }

    @Override
    public Line.Info getLineInfo() {
        return new Line.Info(Mixer.class);
    }

    @Override
    public void open() {}

    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public Control[] getControls() {
        return new Control[0];
    }

    @Override
    public boolean isControlSupported(Control.Type control) {
        return false;
    }

    @Override
    public Control getControl(Control.Type control) {
        throw new IllegalArgumentException("none");
    }

    @Override
    public void addLineListener(LineListener listener) {}

    @Override
    public void removeLineListener(LineListener listener) {}
}
