// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Document;
import org.vsnd.bench.MarkdownTable;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.Numbers;
import org.vsnd.bench.RealTimeThread;
import org.vsnd.bench.ServeProcess;
import org.vsnd.bench.WorkFolder;
import org.vsnd.cli.boot.BootException;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.PlaybackSource;
import org.vsnd.guest.haiku.RecordedSink;
import org.vsnd.it.server.Census;

/** Stops, starts, closes and changes of format, again and again on one card. */
final class LoopRun implements Measurement {
    private static final GuestFormat ONE = GuestFormat.S16_48000;
    private static final GuestFormat OTHER = GuestFormat.S32_44100;
    private static final int SECONDS_PER_ROUND = 3;
    /** What is only made once has been made by then. */
    private static final int FIRST_ROUNDS = 3;
    /** Host streams are kept a while after RELEASE. */
    private static final int SETTLING_MILLIS = 3_000;

    private final WorkFolder work;
    private final int rounds;
    private final List<BufferExchange> exchanges = new ArrayList<>();
    private @Nullable Census early;
    private @Nullable Census late;

    LoopRun(WorkFolder work, int rounds) {
        this.work = work;
        this.rounds = Math.max(rounds, FIRST_ROUNDS + 1);
    }

    @Override
    public String title() {
        return "Loop";
    }

    @Override
    public void run() throws BenchException, BootException, InterruptedException {
        work.tell("loop: " + rounds + " rounds");
        Path folder = work.make("loop");
        try (PulseSound host = PulseSound.start(ONE.sound(), SECONDS_PER_ROUND * rounds, folder);
                ServeProcess serve = ServeProcess.start(folder, host.backend(), List.of(), host.environment());
                HaikuClient client = RealTimeThread.call(() -> HaikuClient.connect(serve.socket()))) {
            rounds(client, 0, FIRST_ROUNDS);
            early = census(serve);
            rounds(client, FIRST_ROUNDS, rounds);
            late = census(serve);
        }
    }

    private void rounds(HaikuClient client, int from, int to) throws BenchException, InterruptedException {
        for (int round = from; round < to; round++) {
            boolean even = round % 2 == 0;
            exchanges.addAll(RealTimeThread.call(() -> round(client, even ? ONE : OTHER, even ? OTHER : ONE)));
        }
    }

    private static List<BufferExchange> round(HaikuClient client, GuestFormat first, GuestFormat then) {
        NodeSettings settings = first.settings(NodeSettings.THINK_NANOS);
        try (MultiAudioNode node =
                new MultiAudioNode(client.open(), settings, PlaybackSource.SILENCE, RecordedSink.NONE)) {
            node.start();
            node.exchange(2);
            node.forceStop();
            node.start();
            node.exchange();
            node.setFormat(then.sample(), then.rateHz());
            node.exchange();
            return List.copyOf(node.exchanges());
        }
    }

    private static Census census(ServeProcess serve) throws BenchException, InterruptedException {
        Thread.sleep(SETTLING_MILLIS);
        try {
            return Census.of(serve.pid());
        } catch (IOException e) {
            throw new BenchException("cannot tell what vsnd holds: " + e.getMessage(), e);
        }
    }

    @Override
    public void write(Document document) {
        Census before = early;
        Census after = late;
        if (before == null || after == null) {
            throw new IllegalStateException("not measured");
        }
        long failures = exchanges.stream().filter(one -> !one.ok()).count();
        document.goal(failures == 0, failures + " failed exchanges in the loop");
        document.goal(before.threads().equals(after.threads()), "other threads after the loop: " + after.threads());
        document.goal(
                before.descriptors().equals(after.descriptors()),
                "other descriptors after the loop: " + before.descriptors() + ", then " + after.descriptors());
        document.goal(before.guestMappings() == after.guestMappings(), "other mappings of guest memory after the loop");
        double longest = exchanges.stream()
                .mapToLong(one -> one.recordedNanos() - one.startNanos())
                .max()
                .orElse(0);
        MarkdownTable table = new MarkdownTable("what", "figure", "goal");
        table.row("rounds", "" + rounds, "no hang");
        table.row("exchanges", "" + exchanges.size(), "");
        table.row("failed ones", "" + failures, "0");
        table.row("longest exchange, ms", Numbers.millis(longest), "");
        table.row("threads of vsnd after the third round", "" + before.threads().size(), "");
        table.row("at the end", "" + after.threads().size(), "the same");
        table.row("descriptors after the third round", "" + descriptors(before), "");
        table.row("at the end", "" + descriptors(after), "the same");
        table.row("mappings of guest memory after the third round", "" + before.guestMappings(), "");
        table.row("at the end", "" + after.guestMappings(), "the same");
        document.part(title(), """
                One card, PulseAudio's null sinks. Each round opens the device, exchanges twice, stops by force, starts again and
                exchanges, changes format and rate while it runs (%s to %s, the other way in every other round), exchanges, and
                closes. Threads and descriptors are from /proc, 3 s after a close. A guest that waits for 3 s for an interrupt
                or a buffer counts as hanging.""".formatted(ONE, OTHER), table);
    }

    private static int descriptors(Census census) {
        return census.descriptors().values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }
}
