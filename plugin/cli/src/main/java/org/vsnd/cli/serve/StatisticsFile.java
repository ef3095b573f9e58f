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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

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
        devices.forEach(device -> list.add(DeviceReport.of(device)));
        all.add("devices", list);
        return all;
    }
}
