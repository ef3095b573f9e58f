// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The trace format")
class TraceFormatTest {
    private static final String HEAD = "{\"t_us\":5,\"agent\":\"haiku\",\"op\":";

    @TempDir
    Path folder;

    static List<Path> givenTraces() {
        return GivenTraces.all();
    }

    private static String written(List<TraceStep> steps) throws IOException {
        StringWriter text = new StringWriter();
        try (TraceWriter writer = new TraceWriter(text)) {
            for (TraceStep step : steps) {
                writer.write(step);
            }
        }
        return text.toString();
    }

    private Trace read(String text) throws IOException, TraceException {
        return TraceReader.read(Files.writeString(folder.resolve("t.jsonl"), text));
    }

    @ParameterizedTest
    @MethodSource("givenTraces")
    @DisplayName("holds everything in the given traces: read and written again they are the same, byte by byte")
    void givenTracesSurviveARoundTrip(Path file) throws Exception {
        Trace trace = TraceReader.read(file);
        assertThat(trace.steps()).noneMatch(TraceStep.Unknown.class::isInstance);
        assertThat(written(trace.steps())).isEqualTo(Files.readString(file));
    }

    @ParameterizedTest
    @MethodSource("givenTraces")
    @DisplayName("finds the data files of the given traces, and they are what the traces say")
    void givenBlobsAreWhatTheTracesSay(Path file) throws Exception {
        Trace trace = TraceReader.read(file);
        TraceBlobs blobs = new TraceBlobs(trace);
        int found = 0;
        for (TraceStep step : trace.steps()) {
            if (step instanceof TraceStep.Avail avail) {
                for (TraceDescriptor descriptor : avail.chain()) {
                    boolean named = descriptor.content() instanceof TraceContent.Summary summary
                            && summary.blob().isPresent();
                    Optional<byte[]> bytes = blobs.bytes(descriptor);
                    bytes.ifPresent(some -> assertThat(some).hasSize((int) descriptor.length()));
                    found += named && bytes.isPresent() ? 1 : 0;
                }
            }
        }
        Path data = file.resolveSibling(trace.name() + ".data");
        int files = 0;
        if (Files.isDirectory(data)) {
            try (var listing = Files.list(data)) {
                files = (int) listing.count();
            }
        }
        assertThat(found).isEqualTo(files);
    }

    @Test
    @DisplayName("keeps indirect chains, left out bytes, addresses of 64 bits and operations of the future")
    void keepsWhatTheGivenTracesDoNotHave() throws Exception {
        String text = HEAD + "\"avail\",\"q\":2,\"avail_idx\":65535,\"avail_flags\":1,\"head\":7,"
                + "\"indirect\":{\"addr\":\"0xfffffffffffff000\",\"len\":48},"
                + "\"chain\":[{\"i\":0,\"addr\":\"0x8000000000000000\",\"len\":4,\"flags\":1,\"omitted\":true}]}\n"
                + HEAD + "\"irq\",\"kind\":\"intx\",\"vector\":0}\n"
                + HEAD + "\"lost\",\"steps\":3}\n"
                + HEAD + "\"sing\",\"song\":[1.50,\"<a>\"]}\n";
        Trace trace = read(text);
        TraceStep.Avail avail = (TraceStep.Avail) trace.steps().get(0);
        assertThat(avail.indirect()).contains(new TraceStep.IndirectTable(-4096, 48));
        assertThat(avail.chain().get(0).content()).isEqualTo(TraceContent.OMITTED);
        assertThat(trace.steps().get(2)).isInstanceOf(TraceStep.Lost.class);
        assertThat(trace.steps().get(3)).isInstanceOf(TraceStep.Unknown.class);
        assertThat(written(trace.steps())).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | each line must be one JSON object",
                "[] | each line must be one JSON object",
                "{} {} | each line must be one JSON object",
                "{'t_us':5} | each line must be one JSON object",
                "{} | field 't_us' must be a whole number",
                "{\"t_us\":1e99999} | field 't_us' must be a whole number",
                "{\"t_us\":1.5} | field 't_us' must be a whole number",
                "{\"t_us\":5} | field 'agent' must be a string",
                "{\"t_us\":5,\"agent\":{}} | field 'agent' must be a string",
                "`\"cfg_read\",\"bar\":-1,\"off\":4094,\"size\":4,\"val\":\"0x0\"}` | field 'off' must be",
                "`\"cfg_read\",\"bar\":-1,\"off\":0,\"size\":3,\"val\":\"0x0\"}` | field 'size' must be a power of two",
                "`\"cfg_read\",\"bar\":-1,\"off\":0,\"size\":2,\"val\":\"0x10000\"}` | 'val' must fit into 2 bytes",
                "`\"mmio_read\",\"bar\":6,\"off\":0,\"size\":2,\"val\":\"0x1\"}` | 'bar' must be",
                "`\"mmio_read\",\"bar\":0,\"off\":0,\"size\":2,\"val\":\"7\"}` | 'val' must be 0x and",
                "`\"irq\",\"kind\":\"nmi\",\"vector\":0}` | 'kind' must be",
                "`\"used\",\"q\":0,\"used_idx\":1,\"id\":0,\"len\":4,\"written\":4}` | 'written' must be an array",
                "`\"used\",\"q\":0,\"used_idx\":1,\"id\":0,\"len\":4,\"written\":[4]}` | must be an object",
                "`\"used\",\"q\":0,\"used_idx\":1,\"id\":0,\"len\":4,\"written\":[{\"i\":0,\"addr\":\"0x0\",\"len\":2,"
                        + "\"flags\":2,\"hex\":\"00\"}]}` | 'hex' must be all 2 bytes",
                "`\"used\",\"q\":0,\"used_idx\":1,\"id\":0,\"len\":4,\"written\":[{\"i\":0,\"addr\":\"0x0\",\"len\":2,"
                        + "\"flags\":2,\"hex\":\"0\"}]}` | 'hex' must be lower-case hexadecimal digits",
            })
    @DisplayName("refuses what it does not hold, and says where and what is expected")
    void refusesWithPlaceAndExpectation(String line, String message) {
        String bad = line.startsWith("{") || line.startsWith("[") ? line : HEAD + line;
        assertThatThrownBy(() -> read(HEAD + "\"reset\",\"how\":\"x\"}\n" + bad + "\n"))
                .isInstanceOf(TraceException.class)
                .hasMessageStartingWith("t.jsonl:2: ")
                .hasMessageContaining(message);
    }

    @Test
    @DisplayName("refuses files that are no traces")
    void refusesFilesThatAreNoTraces() throws IOException {
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> TraceReader.read(binary))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> TraceReader.read(folder.resolve("none")))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> TraceReader.read(folder)).isInstanceOf(TraceException.class);
        assertThatThrownBy(() -> read("")).isInstanceOf(TraceException.class).hasMessageContaining("is empty");
        assertThatThrownBy(() -> read("[".repeat(5 << 20)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("at most");
        assertThatThrownBy(() -> read("[".repeat(100_000)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("one JSON object");
    }

    @ParameterizedTest
    @CsvSource({
        "'/dev/zero', no such data file",
        "'../secret', no such data file",
        "'missing.bin', no such data file",
        "'short.bin', 'has 1 bytes'",
        "'other.bin', CRC-32",
    })
    @DisplayName("refuses data files that are not beside the trace or not what it says")
    void refusesStrangeBlobs(String blob, String message) throws Exception {
        Files.write(folder.resolve("short.bin"), new byte[1]);
        Files.write(folder.resolve("other.bin"), new byte[4]);
        TraceBlobs blobs = new TraceBlobs(read(HEAD + "\"reset\",\"how\":\"x\"}\n"));
        TraceDescriptor descriptor =
                new TraceDescriptor(0, 0, 4, 0, new TraceContent.Summary("", "00000000", false, Optional.of(blob)));
        assertThatThrownBy(() -> blobs.bytes(descriptor))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining(message);
    }
}
