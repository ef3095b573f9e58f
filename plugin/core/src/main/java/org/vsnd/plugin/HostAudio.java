// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.NullBackend;
import org.vsnd.audio.file.WavBackend;
import org.vsnd.audio.javax.JavaxBackend;
import org.vsnd.audio.tone.ToneBackend;
import org.vsnd.audio.unpaced.UnpacedBackend;
import org.vsnd.nativebind.alsa.AlsaBackend;
import org.vsnd.nativebind.pulse.PulseBackend;
import org.vsnd.spi.TimeBase;

/** All kinds of host audio that an operator may ask for, including live ones, and the choice among them. */
public final class HostAudio {
    /** Takes the best available, and moves when something better appears. */
    public static final String AUTO = "auto";

    private static final String KINDS = "alsa, auto, javax, null, pulse, tone, wav";
    private static final String PULSE = "pulse";
    private static final String ALSA = "alsa";
    private static final String JAVAX = "javax";
    private static final String WAV = "wav";
    private static final String IN = ",in=";
    private static final String NO_CARD = "There is no sound card";

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private HostAudio() {}

    /**
     * Opens host audio.
     *
     * @param spec as {@code plugin.yaml} describes the option {@code backend}
     * @param timeBase in virtual time nothing may be lost, however slow the disk is, live audio is {@linkplain
     *     UnpacedBackend kept from setting the pace}, and {@code auto} means silence
     * @throws BackendException if there is no such back end or it is not available; the message says what to do
     */
    public static AudioBackend open(String spec, TimeBase timeBase) throws BackendException {
        int colon = spec.indexOf(':');
        String kind = colon < 0 ? spec : spec.substring(0, colon);
        return open(kind, colon < 0 ? "" : spec.substring(colon + 1), timeBase == TimeBase.VIRTUAL);
    }

    private static AudioBackend open(String kind, String arguments, boolean virtual) throws BackendException {
        return switch (kind) {
            case AUTO -> choose(arguments, virtual);
            case PULSE -> unpaced(PulseBackend.open(arguments), virtual);
            case ALSA -> unpaced(AlsaBackend.open(arguments), virtual);
            case JAVAX -> unpaced(openJavax(arguments), virtual);
            case "null" -> openNull(arguments);
            case WAV -> openWav(arguments, virtual);
            case "tone" -> openTone(arguments);
            default ->
                throw new BackendException("There is no audio back end \"" + kind + "\": use one of " + KINDS + ".");
        };
    }

    /** Opens back ends for a time base, each anew. */
    static StreamHosts.Opener opener(TimeBase timeBase) {
        return new StreamHosts.Opener() {
            @Override
            public AudioBackend open(String spec) throws BackendException {
                return HostAudio.open(spec, timeBase);
            }

            @Override
            public AudioBackend openInput(String kind, String device) throws BackendException {
                return switch (kind) {
                    case PULSE -> open(PULSE + ":," + device);
                    case WAV -> openWavInput(device, timeBase == TimeBase.VIRTUAL);
                    default -> open(kind + ":" + device);
                };
            }

            @Override
            public AudioBackend openSources(String kind, List<String> devices) throws BackendException {
                if (kind.equals(PULSE)) {
                    return unpaced(PulseBackend.openSources(devices), timeBase == TimeBase.VIRTUAL);
                }
                List<AudioBackend> opened = new ArrayList<>();
                try {
                    for (String device : devices) {
                        opened.add(openInput(kind, device));
                    }
                } catch (BackendException e) {
                    opened.forEach(AudioBackend::close);
                    throw e;
                }
                return new SeveralSources(opened);
            }
        };
    }

    /** The live back end that {@code auto} takes, if any. Takes up to a second. */
    public static Optional<String> live() {
        return candidates().stream()
                .filter(candidate -> candidate.absence().isEmpty())
                .map(Live::kind)
                .findFirst();
    }

    /** The candidates of {@code auto}, the best first. */
    private static List<Live> candidates() {
        Live javax = new Live(JAVAX, () -> hasJavaxMixer() ? Optional.empty() : Optional.of(NO_CARD));
        if (!PulseBackend.isInstalled() && !AlsaBackend.isInstalled()) {
            return List.of(javax);
        }
        // if one of their libraries is here, this is Linux, where javax.sound finds nothing that ALSA does not
        List<Live> all = new ArrayList<>();
        if (PulseBackend.isInstalled()) {
            all.add(new Live(PULSE, () -> PulseBackend.absence(PATIENCE)));
        }
        if (AlsaBackend.isInstalled()) {
            all.add(new Live(ALSA, () -> AlsaBackend.hasDevice() ? Optional.empty() : Optional.of(NO_CARD)));
        }
        return all;
    }

    /**
     * A kind of live host audio that {@code auto} may take.
     *
     * @param kind the name that the operator would write
     * @param looked the answer of {@link #absence}
     */
    private record Live(String kind, Supplier<Optional<String>> looked) implements AutoBackend.Candidate {
        @Override
        public Optional<String> absence() {
            return looked.get();
        }

        @Override
        public AudioBackend open() throws BackendException {
            return HostAudio.open(kind, "", false);
        }
    }

    private static AudioBackend openJavax(String arguments) throws BackendException {
        try {
            return JavaxBackend.open(arguments);
        } catch (LinkageError e) {
            throw new BackendException(
                    "This Java runtime lacks the module java.desktop, which javax needs: use one that has it.");
        }
    }

    private static boolean hasJavaxMixer() {
        try {
            return JavaxBackend.hasMixer();
        } catch (LinkageError e) { // a Java runtime without the module java.desktop
            return false;
        }
    }

    private static AudioBackend unpaced(AudioBackend opened, boolean virtual) {
        return virtual ? new UnpacedBackend(opened) : opened;
    }

    private static AudioBackend choose(String arguments, boolean virtual) throws BackendException {
        if (!arguments.isEmpty()) {
            throw new BackendException(
                    "The back end auto takes no arguments: write auto, or name one, for example pulse:" + arguments
                            + ".");
        }
        if (virtual) {
            return new NullBackend();
        }
        return AutoBackend.open(candidates());
    }

    private static AudioBackend openNull(String arguments) throws BackendException {
        if (!arguments.isEmpty()) {
            throw new BackendException("The back end null takes no arguments: write null.");
        }
        return new NullBackend();
    }

    private static AudioBackend openWav(String arguments, boolean waitWhenFull) throws BackendException {
        int at = arguments.lastIndexOf(IN);
        String out = at < 0 ? arguments : arguments.substring(0, at);
        String in = at < 0 ? null : arguments.substring(at + IN.length());
        if (out.isEmpty() || (in != null && in.isEmpty())) {
            throw new BackendException("A file is missing: write wav:OUT.wav or wav:OUT.wav,in=IN.wav.");
        }
        return onFiles(() -> new WavBackend(Path.of(out), in == null ? null : Path.of(in), waitWhenFull));
    }

    private static AudioBackend openWavInput(String in, boolean waitWhenEmpty) throws BackendException {
        return onFiles(() -> WavBackend.reading(Path.of(in), waitWhenEmpty));
    }

    /** Opens a back end on files. */
    private interface OnFiles {
        AudioBackend open() throws IOException;
    }

    private static AudioBackend onFiles(OnFiles files) throws BackendException {
        try {
            return files.open();
        } catch (InvalidPathException e) {
            throw new BackendException("\"" + e.getInput() + "\" is not a valid file name: name another file.", e);
        } catch (IOException e) {
            throw new BackendException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    private static AudioBackend openTone(String arguments) throws BackendException {
        try {
            return new ToneBackend(Integer.parseInt(arguments));
        } catch (IllegalArgumentException e) {
            throw new BackendException(
                    "\"" + arguments + "\" is not a tone: write tone:HZ with 1 to " + ToneBackend.MAX_TONE_HZ
                            + " Hz, for example tone:440.",
                    e);
        }
    }
}
