// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a trace, strictly: the first thing that is not as it must be ends it. */
public final class TraceReader {
    private static final System.Logger LOG = System.getLogger(TraceReader.class.getName());
    private static final int MAX_LINE_CHARS = 4 << 20;
    private static final int MAX_STEPS = 10_000_000;

    private TraceReader() {}

    /** Reads the whole file. */
    public static Trace read(Path file) throws TraceException {
        List<TraceStep> steps = new ArrayList<>();
        boolean warned = false;
        try (BufferedReader in = Files.newBufferedReader(file)) {
            String line;
            while ((line = readLine(in, file, steps.size() + 1)) != null) {
                TraceStep step = parse(line, file.getFileName() + ":" + (steps.size() + 1));
                if (step instanceof TraceStep.Unknown unknown && !warned) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "{0}:{1}: operation ''{2}'' is not known here: it is left out, and so are others like it",
                            file.getFileName(),
                            String.valueOf(steps.size() + 1),
                            unknown.op());
                    warned = true;
                }
                steps.add(step);
                if (steps.size() > MAX_STEPS) {
                    throw new TraceException(file + ": a trace has at most " + MAX_STEPS + " lines");
                }
            }
        } catch (CharacterCodingException e) {
            throw new TraceException(file + ": not a text file in UTF-8; a trace is JSON, one object a line");
        } catch (NoSuchFileException e) {
            throw new TraceException(file + ": there is no such file");
        } catch (IOException e) {
            throw new TraceException(file + ": cannot be read: " + e.getMessage());
        }
        if (steps.isEmpty()) {
            throw new TraceException(file + ": is empty; a trace is JSON, one object a line");
        }
        return new Trace(file, steps);
    }

    /** A line without its end; null after the last one. */
    private static @Nullable String readLine(BufferedReader in, Path file, int number)
            throws IOException, TraceException {
        StringBuilder line = new StringBuilder(128);
        int c;
        while ((c = in.read()) != '\n') {
            if (c < 0) {
                return line.isEmpty() ? null : line.toString();
            }
            if (line.length() == MAX_LINE_CHARS) {
                throw new TraceException(
                        file.getFileName() + ":" + number + ": a line has at most " + MAX_LINE_CHARS + " characters");
            }
            line.append((char) c);
        }
        return line.toString();
    }

    private static TraceStep parse(String line, String where) throws TraceException {
        JsonReader reader = new JsonReader(new StringReader(line));
        reader.setStrictness(Strictness.STRICT);
        try {
            JsonElement element = JsonParser.parseReader(reader);
            if (element.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
                return new StepParser(element.getAsJsonObject(), where).parse();
            }
        } catch (JsonParseException | IOException e) {
            // refused below, like anything else that is not one object
        }
        throw new TraceException(where + ": each line must be one JSON object");
    }
}
