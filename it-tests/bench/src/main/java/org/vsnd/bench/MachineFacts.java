// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.cli.boot.BootException;

/** What the measurements ran on, without names of hosts or folders. */
public final class MachineFacts {
    private static final long BYTES_PER_GIB = 1L << 30;

    private MachineFacts() {}

    /**
     * One fact per entry, the load at this moment among them.
     *
     * @param made what makes the measurements: the command, and how long each of them takes
     */
    public static List<String> of(Workshop workshop, String made) throws IOException, BootException {
        return of(
                made,
                "hypervisor: " + workshop.qemu().version() + ", " + workshop.accelerator(),
                "guest: Debian 13, Linux " + workshop.parts().release() + ", 1 processor");
    }

    /**
     * The same without a workshop.
     *
     * @param more what else is to be known
     */
    public static List<String> of(String made, String... more) throws IOException {
        List<String> facts = new ArrayList<>();
        facts.add(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'")
                .withZone(ZoneOffset.UTC)
                .format(Instant.now()));
        facts.add(made);
        facts.add(Runtime.getRuntime().availableProcessors() + " processors, " + processor() + ", " + memoryGib()
                + " GiB");
        facts.add("host: " + System.getProperty("os.name") + ", " + distribution() + ", Java " + Runtime.version());
        facts.addAll(List.of(more));
        facts.add("load before: " + load());
        return facts;
    }

    /** Processes that ran or wanted to, averaged over a minute. */
    private static String load() throws IOException {
        String text = Files.readString(Path.of("/proc/loadavg"));
        return text.substring(0, text.indexOf(' '));
    }

    private static String processor() throws IOException {
        return Files.readString(Path.of("/proc/cpuinfo"))
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch", "unknown"));
    }

    private static String distribution() throws IOException {
        return Files.readString(Path.of("/etc/os-release"))
                .lines()
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""))
                .findFirst()
                .orElse("an unknown distribution");
    }

    private static long memoryGib() throws IOException {
        String kib = Files.readString(Path.of("/proc/meminfo"))
                .lines()
                .filter(line -> line.startsWith("MemTotal"))
                .findFirst()
                .orElse("0")
                .replaceAll("\\D", "");
        return Math.round(Long.parseLong(kib) * 1024.0 / BYTES_PER_GIB);
    }
}
