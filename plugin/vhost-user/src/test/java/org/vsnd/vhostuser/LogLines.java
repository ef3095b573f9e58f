// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the server logs, warnings and worse, while this is open. */
final class LogLines extends Handler {
    private static final Logger LOGGER = Logger.getLogger("org.vsnd");

    private final List<String> lines = new CopyOnWriteArrayList<>();

    LogLines() {
        LOGGER.addHandler(this);
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void publish(LogRecord line) {
        if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
            lines.add(line.getMessage());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        LOGGER.removeHandler(this);
    }
}
