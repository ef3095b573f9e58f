// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table of guests for {@code docs/guests.md}: written to the file that {@code -Dvsnd.guests.table} names. */
final class FamilyTable {
    private static final @Nullable String FILE = System.getProperty("vsnd.guests.table");

    private final List<FamilyRun.Result> results = new ArrayList<>();
    /** What guests have over vhost-user, by their names. */
    private final Map<String, Set<String>> overVhostUser = new HashMap<>();

    static boolean isWanted() {
        return FILE != null;
    }

    /** @param reason why a guest has no whole sound with this result, or might have none; null if that has to be seen from the result */
    void add(FamilyRun.Result result, @Nullable String reason) {
        if (!result.host().isVhost()) {
            results.add(result);
            return;
        }
        overVhostUser
                .computeIfAbsent(result.family().name(), name -> new LinkedHashSet<>())
                .add(overVhostUser(result, reason));
    }

    private static String overVhostUser(FamilyRun.Result result, @Nullable String reason) {
        String plays = plays(result);
        if (plays.equals("exact") || reason == null) {
            return plays;
        }
        return (result.trouble().isEmpty() ? "sound with faults: " : "no sound: ") + reason;
    }

    void write() throws IOException {
        if (FILE == null) {
            return;
        }
        StringBuilder table =
                new StringBuilder("| guest | host | options | over vhost-user | binds | plays | records | 20 starts"
                        + " | stopped in the middle | reboots | gaps | latency first, last | messages lost"
                        + " | freed pages written |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        // hosts on which a guest fares the same share a row
        Map<List<String>, List<String>> hosts = new LinkedHashMap<>();
        for (FamilyRun.Result result : results) {
            hosts.computeIfAbsent(cells(result), cells -> new ArrayList<>())
                    .add(result.host().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
        hosts.forEach((cells, of) -> table.append("| ")
                .append(cells.get(0))
                .append(" | ")
                .append(String.join(", ", of))
                .append(" | ")
                .append(String.join(" | ", cells.subList(1, cells.size())))
                .append(" |\n"));
        Files.writeString(Path.of(FILE), table);
    }

    private List<String> cells(FamilyRun.Result result) {
        return List.of(
                result.family().name(),
                options(result),
                String.join(", or ", overVhostUser.getOrDefault(result.family().name(), Set.of("-"))),
                yes(result.binds()),
                plays(result),
                records(result),
                yes(result.starts() == 20),
                yes(result.cut()),
                yes(result.rebooted()),
                String.valueOf(result.gaps()),
                latency(result),
                String.valueOf(result.lost()),
                String.valueOf(result.writtenAfterFree()));
    }

    private static String options(FamilyRun.Result result) {
        List<String> given = new ArrayList<>();
        result.family().options().forEach((name, value) -> given.add(name + "=" + value));
        given.sort(null);
        return given.isEmpty() ? "-" : "`" + String.join("` `", given) + "`";
    }

    private static String plays(FamilyRun.Result result) {
        if (!result.trouble().isEmpty()) {
            return result.trouble();
        }
        return result.fault().isEmpty() ? "exact" : result.fault();
    }

    private static String records(FamilyRun.Result result) {
        if (!result.family().records()) {
            return "-";
        }
        return result.holes() == 0 ? "exact" : result.holes() < 0 ? "no" : result.holes() + " holes";
    }

    private static String latency(FamilyRun.Result result) {
        return result.firstLatencyNanos() < 0
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%.0f, %.0f ms",
                        result.firstLatencyNanos() / 1e6,
                        result.lastLatencyNanos() / 1e6);
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }
}
