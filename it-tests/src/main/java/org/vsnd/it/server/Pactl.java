// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Tool;

/** {@code pactl} on one server. Any thread. */
public final class Pactl {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

    private final Map<String, String> environment;

    Pactl(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Whether the server answers now. */
    public boolean answers() {
        try {
            return tool("info").within(ANSWER_LIMIT).attempt().exitCode() == 0;
        } catch (BootException e) {
            return false; // it did not answer in time
        }
    }

    /** Runs any of its commands. */
    public String run(String... arguments) throws BootException {
        return tool(arguments).within(LIMIT).run().strip();
    }

    /** Returns the module's index. */
    public int loadModule(String name, String... arguments) throws BootException {
        List<String> command = new ArrayList<>(List.of("load-module", name));
        command.addAll(List.of(arguments));
        return Integer.parseInt(run(command.toArray(String[]::new)));
    }

    /** Takes a module away, with the devices it made. */
    public void unloadModule(int index) throws BootException {
        run("unload-module", Integer.toString(index));
    }

    /** What it lists: {@code sinks}, {@code sources}, {@code sink-inputs}, {@code source-outputs}, {@code clients}. */
    public List<JsonObject> list(String what) throws BootException {
        List<JsonObject> entries = new ArrayList<>();
        for (JsonElement entry :
                JsonParser.parseString(run("--format=json", "list", what)).getAsJsonArray()) {
            entries.add(entry.getAsJsonObject());
        }
        return entries;
    }

    /** The names of its sinks or sources. */
    List<String> names(String what) throws BootException {
        return run("list", "short", what)
                .lines()
                .map(line -> line.split("\t", -1)[1])
                .toList();
    }

    private Tool tool(String... arguments) {
        Tool tool = Tool.of("pactl").with(List.of(arguments));
        environment.forEach(tool::env);
        return tool;
    }
}
