// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the log says of drivers' faults while this is open. */
final class FaultLines extends Handler implements AutoCloseable {
    private final Logger log = Logger.getLogger(DriverFaults.class.getName());
    private final List<String> lines = new ArrayList<>();

    FaultLines() {
        log.setUseParentHandlers(false);
        log.addHandler(this);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void publish(LogRecord record) {
        lines.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        log.removeHandler(this);
        log.setUseParentHandlers(true);
    }
}
