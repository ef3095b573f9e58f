// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.vsnd.server.ServerStatistics;
import org.vsnd.snd.StreamStatistics;
import org.vsnd.spi.CardBudget;

/**
 * Writes the devices' statistics to a file: one JSON object per line and second, and a last one with {@code
 * "final":true} when it is closed. Runs a thread of its own, which is neither a device's nor an audio thread.
 */
public final class StatisticsFile implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(StatisticsFile.class.getName());

    private final Path file;
    private final Writer out;
    private final List<ServedDevice> devices;
    private final ThreadAllocations allocations = new ThreadAllocations();
    private final ScheduledExecutorService everySecond;
    private final long startNanos = System.nanoTime();
    private boolean broken;
    private boolean closed;

    /**
     * Starts writing.
     *
     * @param file created or emptied
     * @param devices whose numbers to write; they may end before this is closed
     * @throws IOException if the file cannot be written
     */
    public StatisticsFile(Path file, List<ServedDevice> devices) throws IOException {
        this.file = file;
        this.out = Files.newBufferedWriter(file);
        this.devices = List.copyOf(devices);
        this.everySecond = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "vsnd-statistics");
            thread.setDaemon(true);
            return thread;
        });
        var unused = everySecond.scheduleAtFixedRate(() -> write(false), 1, 1, TimeUnit.SECONDS);
    }

    /** Writes the final object and closes the file. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        everySecond.shutdownNow();
        writeNow(true);
        try {
            out.close();
        } catch (IOException e) {
            complain(e);
        }
    }

    private synchronized void write(boolean last) {
        if (!closed) {
            writeNow(last);
        }
    }

    private void writeNow(boolean last) {
        if (broken) {
            return;
        }
        try {
            out.write(snapshot(last) + "\n");
            out.flush();
        } catch (IOException e) {
            broken = true;
            complain(e);
        }
    }

    private void complain(IOException e) {
        LOGGER.log(
                System.Logger.Level.WARNING, "no more statistics, " + file + " cannot be written: " + e.getMessage());
    }

    private JsonObject snapshot(boolean last) {
        JsonObject all = new JsonObject();
        all.addProperty("time_ms", System.currentTimeMillis());
        all.addProperty("uptime_ns", System.nanoTime() - startNanos);
        all.addProperty("final", last);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean process) {
            all.addProperty("cpu_ns", process.getProcessCpuTime());
        }
        all.addProperty("allocated_bytes", allocations.bytes());
        JsonArray list = new JsonArray();
        devices.forEach(device -> list.add(describe(device)));
        all.add("devices", list);
        return all;
    }

    private static JsonObject describe(ServedDevice device) {
        ServerStatistics clients = device.clients();
        JsonObject json = new JsonObject();
        json.addProperty("socket", device.socket().toString());
        json.addProperty("front", device.front().protocol());
        json.addProperty("connections", clients.connections());
        json.addProperty("client_connected", clients.clientConnected());
        json.addProperty("socket_messages", clients.messages());
        json.add("budget", describe(device.budgetUse()));
        JsonArray streams = new JsonArray();
        device.streams().forEach(stream -> streams.add(describe(stream)));
        json.add("streams", streams);
        return json;
    }

    /** For each limit: what is used, and the most that may be used. */
    private static JsonObject describe(List<CardBudget.Use> budget) {
        JsonObject json = new JsonObject();
        for (CardBudget.Use use : budget) {
            JsonObject one = new JsonObject();
            one.addProperty("used", use.used());
            one.addProperty("most", use.most());
            json.add(use.limit().name().toLowerCase(Locale.ROOT), one);
        }
        return json;
    }

    private static JsonObject describe(StreamStatistics stream) {
        JsonObject errors = new JsonObject();
        errors.addProperty("count", stream.completionErrors().count());
        errors.addProperty("p50", stream.completionErrors().quantileNanos(0.50));
        errors.addProperty("p99", stream.completionErrors().quantileNanos(0.99));
        errors.addProperty("max", stream.completionErrors().maxNanos());
        JsonObject json = new JsonObject();
        json.addProperty("name", stream.name());
        json.addProperty("playback", stream.playback());
        json.addProperty("state", stream.state().toString());
        json.addProperty("rate_hz", stream.rateHz());
        json.addProperty("frames", stream.frames());
        json.addProperty("messages", stream.messages());
        json.addProperty("xruns", stream.xruns());
        json.addProperty("reanchorings", stream.reanchorings());
        json.addProperty("slipped_frames", stream.slippedFrames());
        json.addProperty("host_dropped_frames", stream.hostDroppedFrames());
        json.addProperty("host_silent_frames", stream.hostSilentFrames());
        json.addProperty("latency_frames", stream.latencyFrames());
        json.addProperty("latency_ns", latencyNanos(stream));
        json.add("completion_error_ns", errors);
        return json;
    }

    private static long latencyNanos(StreamStatistics stream) {
        int rateHz = stream.rateHz();
        return rateHz == 0 ? 0 : stream.latencyFrames() * 1_000_000_000L / rateHz;
    }
}
