// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.Duration;

/** A client of QEMU's machine protocol (QMP). One thread, except {@link #close()}. */
public final class QemuMonitor implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final UnixConnection connection;

    QemuMonitor(UnixConnection connection) throws IOException {
        this.connection = connection;
        execute("qmp_capabilities", new JsonObject());
    }

    /**
     * Runs one command. Events that arrive meanwhile are dropped.
     *
     * @return the whole answer, which contains {@code return}
     * @throws IOException if QEMU refuses or does not answer
     */
    public JsonObject execute(String command, JsonObject arguments) throws IOException {
        JsonObject request = new JsonObject();
        request.addProperty("execute", command);
        if (!arguments.isEmpty()) {
            request.add("arguments", arguments);
        }
        connection.send(request.toString());
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            JsonObject answer =
                    JsonParser.parseString(connection.line(deadlineNanos)).getAsJsonObject();
            if (answer.has("return")) {
                return answer;
            }
            if (answer.has("error")) {
                throw new IOException("QEMU refused " + command + ": "
                        + answer.getAsJsonObject("error").get("desc").getAsString());
            }
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
