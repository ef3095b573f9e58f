// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.NullBackend;
import org.vsnd.audio.file.WavBackend;
import org.vsnd.audio.tone.ToneBackend;

/**
 * Opens back ends from the operator's text: {@code null}, {@code wav:OUT[,in=IN.wav]}, {@code tone:HZ}, and further
 * kinds.
 */
public final class AudioBackends {
    private static final String IN = ",in=";

    private AudioBackends() {}

    /** The kinds that need nothing but this module. */
    public static Map<String, BackendFactory> builtIn() {
        return Map.of("null", AudioBackends::openNull, "wav", AudioBackends::openWav, "tone", AudioBackends::openTone);
    }

    /**
     * Opens one of the {@link #builtIn} back ends.
     *
     * @throws BackendException if there is no such back end or it is not available; the message says what to do
     */
    public static AudioBackend open(String spec, boolean waitWhenFull) throws BackendException {
        return open(spec, waitWhenFull, Map.of());
    }

    /**
     * Opens one of the {@link #builtIn} back ends or of those given, which take precedence.
     *
     * @param spec {@code KIND} or {@code KIND:ARGUMENTS}
     * @param waitWhenFull true under a virtual time base
     * @param more further kinds and how to open them
     * @throws BackendException if there is no such back end or it is not available; the message says what to do
     */
    public static AudioBackend open(String spec, boolean waitWhenFull, Map<String, BackendFactory> more)
            throws BackendException {
        Map<String, BackendFactory> kinds = new TreeMap<>(builtIn());
        kinds.putAll(more);
        int colon = spec.indexOf(':');
        String kind = colon < 0 ? spec : spec.substring(0, colon);
        BackendFactory factory = kinds.get(kind);
        if (factory == null) {
            throw new BackendException("There is no audio back end \"" + kind + "\": use one of "
                    + String.join(", ", kinds.keySet()) + ".");
        }
        return factory.open(colon < 0 ? "" : spec.substring(colon + 1), waitWhenFull);
    }

    private static AudioBackend openNull(String arguments, boolean waitWhenFull) throws BackendException {
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
        try {
            return new WavBackend(Path.of(out), in == null ? null : Path.of(in), waitWhenFull);
        } catch (InvalidPathException e) {
            throw new BackendException("\"" + e.getInput() + "\" is not a valid file name: name another file.", e);
        } catch (IOException e) {
            throw new BackendException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    private static AudioBackend openTone(String arguments, boolean waitWhenFull) throws BackendException {
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
